package io.fairlead.proxier.sync;

import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Dataplane.Failure;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.proxier.log.RepeatedProblems;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the loop does, as log lines: one for each pass that changed something, one for each change
 * while they are few enough to read, and one for each failure, with the name of the Service.
 */
public final class SyncLog implements SyncObserver {
  private static final Logger log = LoggerFactory.getLogger("io.fairlead.sync");
  private static final int READABLE = 20;
  private static final Duration SUMMARY = Duration.ofMinutes(5);
  private static final String KERNEL = "reading the kernel";

  private final RepeatedProblems problems;
  private Set<String> troubled = ImmutableSet.of();

  public SyncLog(InstantSource clock) {
    this.problems = new RepeatedProblems(clock, SUMMARY);
  }

  @Override
  public void queued() {}

  @Override
  public void passed(Pass pass, Reconciler reconciler) {
    if (!pass.changes().isEmpty() || pass.cause() == Pass.Cause.START) {
      summary(pass);
    }
    for (Change change : pass.changes()) {
      String line = Narration.of(change, reconciler::owner);
      if (pass.changes().size() <= READABLE) {
        log.info("  {}", line);
      } else {
        log.debug("  {}", line);
      }
    }
    failures(pass, reconciler);
  }

  @Override
  public void unreadable(DataplaneException cause) {
    problems.happened(KERNEL, cause.getMessage()).ifPresent(log::error);
  }

  private static void summary(Pass pass) {
    String counts = Narration.counts(pass.changes());
    String took = millis(pass.took());
    switch (pass.cause()) {
      case START -> log.info("first sync done in {}: {}", took, counts);
      case EVENTS ->
          log.info(
              "synced in {}, {} after {}: {}",
              took,
              millis(pass.latency()),
              pass.events() == 1 ? "the event" : "the first of " + pass.events() + " events",
              counts);
      case AUDIT -> log.warn("repaired the kernel in {}: {}", took, counts);
      case DRAIN -> log.info("drained: {}", counts);
    }
  }

  private void failures(Pass pass, Reconciler reconciler) {
    Set<String> now = new HashSet<>();
    for (Failure failure : pass.failures()) {
      String subject = Narration.of(failure.change(), reconciler::owner);
      now.add(subject);
      problems.happened(subject, failure.reason()).ifPresent(log::error);
    }
    if (pass.cause() == Pass.Cause.AUDIT || pass.cause() == Pass.Cause.START) {
      problems.recovered(KERNEL).ifPresent(log::info);
      // An audit tries everything again, so what does not fail any more is well, or not wanted.
      troubled.stream()
          .filter(subject -> !now.contains(subject))
          .sorted()
          .forEach(subject -> problems.recovered(subject).ifPresent(log::info));
      troubled = ImmutableSet.copyOf(now);
    } else {
      troubled = ImmutableSet.<String>builder().addAll(troubled).addAll(now).build();
    }
  }

  private static String millis(Duration duration) {
    return "%.1f ms".formatted(duration.toNanos() / 1e6);
  }
}
