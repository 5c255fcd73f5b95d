package io.fairlead.proxier;

import com.google.common.collect.ImmutableSetMultimap;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.proxier.source.ServiceWarnings;
import io.fairlead.proxier.sync.Pass;
import io.fairlead.proxier.sync.SyncObserver;

/**
 * Warns those who look after a Service of what it wants and cannot have, once when it comes up.
 * Looks only when something of it may have changed.
 */
final class ProblemEvents implements SyncObserver {
  /** The Service claims another Node's address, which its author may do to catch traffic. */
  private static final String STOLEN = "AddressOfNode";

  private static final String OTHER = "FairleadCannotServe";

  private final ServiceWarnings warnings;
  private long version;
  private ImmutableSetMultimap<ObjectName, String> present = ImmutableSetMultimap.of();

  ProblemEvents(ServiceWarnings warnings) {
    this.warnings = warnings;
  }

  @Override
  public void passed(Pass pass, Reconciler reconciler) {
    if (reconciler.problemsVersion() == version) {
      return;
    }
    version = reconciler.problemsVersion();
    var problems = ImmutableSetMultimap.<ObjectName, String>builder();
    reconciler.problems().forEach(problems::putAll);
    ImmutableSetMultimap<ObjectName, String> now = problems.build();
    now.forEach((service, line) -> {
      if (!present.containsEntry(service, line)) {
        warnings.warn(service, reason(line), line);
      }
    });
    present = now;
  }

  private static String reason(String line) {
    return line.contains(" is the address of Node ") ? STOLEN : OTHER;
  }
}
