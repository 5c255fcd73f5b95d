package io.fairlead.proxier.sync;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.fairlead.core.reconcile.Reconciler;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what Services want and cannot have, such as an address that another one has: once when it
 * comes up, and once when it is over. Looks only when something of it may have changed.
 */
final class WishProblems {
  private static final Logger log = LoggerFactory.getLogger("io.fairlead.sync");
  private static final int READABLE = 20;

  private long version;
  private ImmutableSet<String> present = ImmutableSet.of();

  void report(Reconciler reconciler) {
    if (reconciler.problemsVersion() == version) {
      return;
    }
    version = reconciler.problemsVersion();
    ImmutableSet<String> now =
        reconciler.problems().entrySet().stream()
            .flatMap(it -> it.getValue().stream().map(line -> it.getKey() + ": " + line))
            .collect(ImmutableSet.toImmutableSet());
    tell(ImmutableList.copyOf(Sets.difference(now, present)), log::warn);
    tell(
        ImmutableList.copyOf(Sets.difference(present, now)),
        line -> log.info("no longer so: {}", line));
    present = now;
  }

  /** A cluster may have as many of them as Services; nobody reads all those. */
  private static void tell(ImmutableList<String> lines, Consumer<String> out) {
    lines.stream().limit(READABLE).forEach(out);
    if (lines.size() > READABLE) {
      out.accept("and " + (lines.size() - READABLE) + " more Services' problems like these");
    }
  }
}
