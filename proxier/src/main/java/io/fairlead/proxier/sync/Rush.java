package io.fairlead.proxier.sync;

import io.fairlead.core.dataplane.Change;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Keeps the log readable, and cheap, when there is much to do: of the passes within a second the
 * first few are told each by itself, and the others in one line together.
 */
final class Rush {
  static final int READABLE = 10;
  private static final Duration SPAN = Duration.ofSeconds(1);

  private final InstantSource clock;
  private Instant end = Instant.MIN;
  private int told;
  private int passes;
  private int events;
  private Duration latency = Duration.ZERO;
  private final Map<String, Long> kinds = new TreeMap<>();

  Rush(InstantSource clock) {
    this.clock = clock;
  }

  /** Takes in a pass that is one too many to be told by itself; false if it is none. */
  boolean takes(Pass pass, List<Change> done) {
    Instant now = clock.instant();
    if (!now.isBefore(end)) {
      end = now.plus(SPAN);
      told = 0;
    }
    if (told < READABLE) {
      told++;
      return false;
    }
    passes++;
    events += pass.events();
    latency = pass.latency().compareTo(latency) > 0 ? pass.latency() : latency;
    Narration.count(done, kinds);
    return true;
  }

  /** The line about those that were taken in during a second that is over, if there were any. */
  Optional<String> over() {
    if (passes == 0 || clock.instant().isBefore(end)) {
      return Optional.empty();
    }
    String line =
        String.format(
            Locale.ROOT,
            "and %d times more within %d s, for %d events, %.1f ms after an event at most: %s",
            passes,
            SPAN.toSeconds(),
            events,
            latency.toNanos() / 1e6,
            Narration.counts(kinds));
    passes = 0;
    events = 0;
    latency = Duration.ZERO;
    kinds.clear();
    return Optional.of(line);
  }
}
