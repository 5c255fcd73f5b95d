package io.fairlead.proxier.sync;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Dataplane.Failure;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.proxier.log.RepeatedProblems;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What the loop does, as log lines: one for each pass that changed something and one for each
 * change, while they are few enough to read, and one for each failure and each wish that cannot be
 * met, with the name of the Service.
 */
public final class SyncLog implements SyncObserver {
  private static final Logger log = LoggerFactory.getLogger("io.fairlead.sync");
  private static final int READABLE = 20;
  private static final Duration SUMMARY = Duration.ofMinutes(5);
  private static final Duration WORRYING = Duration.ofMinutes(5); // then kube-proxy gives up
  private static final String KERNEL = "reading the kernel";

  private final RepeatedProblems problems;
  private final Rush rush;
  private final String awaited;
  private final WishProblems wishes = new WishProblems();
  private Set<String> troubled = ImmutableSet.of();

  /**
   * @param awaited what must be known before anything is programmed, in words
   */
  public SyncLog(InstantSource clock, String awaited) {
    this.awaited = awaited;
    this.problems = new RepeatedProblems(clock, SUMMARY);
    this.rush = new Rush(clock);
  }

  @Override
  public void passed(Pass pass, Reconciler reconciler) {
    if (pass.cause() == Pass.Cause.AUDIT || pass.cause() == Pass.Cause.START) {
      problems.recovered(KERNEL).ifPresent(log::info); // these begin with a reading
    }
    rush.over().ifPresent(log::info);
    ImmutableList<Change> done = done(pass);
    if (isNews(pass, done)) {
      tell(pass, done, reconciler);
    }
    failures(pass, reconciler);
    wishes.report(reconciler);
  }

  private boolean isNews(Pass pass, ImmutableList<Change> done) {
    return switch (pass.cause()) {
      case START -> true;
      case AUDIT -> !done.isEmpty();
      case EVENTS, ADDRESSES, DRAIN ->
          !done.isEmpty() && (log.isDebugEnabled() || !rush.takes(pass, done));
    };
  }

  private static void tell(Pass pass, ImmutableList<Change> done, Reconciler reconciler) {
    summary(pass, done);
    for (Change change : done) {
      if (done.size() <= READABLE) {
        log.info("  {}", Narration.of(change, reconciler::owner));
      } else if (log.isDebugEnabled()) {
        log.debug("  {}", Narration.of(change, reconciler::owner));
      }
    }
  }

  @Override
  public void waiting(Duration sinceStart) {
    Level level = sinceStart.compareTo(WORRYING) < 0 ? Level.WARN : Level.ERROR;
    log.atLevel(level)
        .log(
            "nothing is programmed yet: waiting for {} min for {}",
            sinceStart.toMinutes(),
            awaited);
  }

  @Override
  public void unreadable(DataplaneException cause) {
    problems.happened(KERNEL, cause.getMessage()).ifPresent(log::error);
  }

  private static ImmutableList<Change> done(Pass pass) {
    if (pass.failures().isEmpty()) {
      return pass.changes();
    }
    Set<Change> failed = Collections.newSetFromMap(new IdentityHashMap<>());
    pass.failures().forEach(failure -> failed.add(failure.change()));
    return pass.changes().stream()
        .filter(change -> !failed.contains(change))
        .collect(ImmutableList.toImmutableList());
  }

  private static void summary(Pass pass, ImmutableList<Change> done) {
    String counts = Narration.counts(done);
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
      case ADDRESSES -> log.info("addresses of the node changed; synced in {}: {}", took, counts);
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
      // An audit tries everything again, so what does not fail any more is well, or not wanted.
      troubled.stream()
          .filter(subject -> !now.contains(subject))
          .sorted()
          .forEach(subject -> problems.recovered(subject).ifPresent(log::info));
      troubled = ImmutableSet.copyOf(now);
    } else if (!now.isEmpty()) {
      troubled = ImmutableSet.<String>builder().addAll(troubled).addAll(now).build();
    }
  }

  private static String millis(Duration duration) {
    return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
  }
}
