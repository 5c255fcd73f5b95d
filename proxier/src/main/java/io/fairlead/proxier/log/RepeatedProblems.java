package io.fairlead.proxier.log;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which of many repeated problems are worth a log line: the first at once, then a summary
 * at most once per period, and one line when it is over. Pure: it returns what to log.
 *
 * <p>Keeps an entry per troubled subject until it recovers. Not thread-safe.
 */
public final class RepeatedProblems {
  // A problem whose text is never the same twice must not be told each time.
  private static final int MOST_TEXTS = 4;

  private final InstantSource clock;
  private final Duration summaryEvery;
  private final Map<String, Trouble> troubled = new HashMap<>();

  public RepeatedProblems(InstantSource clock, Duration summaryEvery) {
    this.clock = clock;
    this.summaryEvery = summaryEvery;
  }

  /**
   * A problem happened.
   *
   * @param subject the object in trouble, such as {@code virtual server TCP 10.96.0.10:80}
   * @param problem what is wrong with it
   * @return the line to log now; empty if enough has been said
   */
  public Optional<String> happened(String subject, String problem) {
    Instant now = clock.instant();
    return troubled.computeIfAbsent(subject, _ -> new Trouble(now)).line(subject, problem, now);
  }

  /**
   * The subject is well, or gone for good.
   *
   * @return the line to log now; empty if it was not in trouble
   */
  public Optional<String> recovered(String subject) {
    Trouble trouble = troubled.remove(subject);
    return Optional.ofNullable(trouble)
        .map(it -> subject + ": recovered after " + it.durationAndCount(clock.instant()));
  }

  /** How many subjects are in trouble. */
  public int size() {
    return troubled.size();
  }

  /** The problems of one subject. */
  private final class Trouble {
    private final Instant since;
    private final Set<String> told = new HashSet<>();
    private Instant spoke;
    private long count;
    private long untold;

    Trouble(Instant since) {
      this.since = since;
      this.spoke = since;
    }

    Optional<String> line(String subject, String problem, Instant now) {
      count++;
      if (told.size() < MOST_TEXTS && told.add(problem)) {
        return Optional.of(subject + ": " + problem);
      }
      untold++;
      if (Duration.between(spoke, now).compareTo(summaryEvery) < 0) {
        return Optional.empty();
      }
      String line =
          subject
              + ": "
              + problem
              + " (still; "
              + untold
              + " more since the last line, "
              + durationAndCount(now)
              + " in all)";
      spoke = now;
      untold = 0;
      told.clear();
      told.add(problem);
      return Optional.of(line);
    }

    private String durationAndCount(Instant now) {
      return Duration.between(since, now).toSeconds()
          + " s and "
          + count
          + (count == 1 ? " problem" : " problems");
    }
  }
}
