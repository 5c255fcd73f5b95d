package io.fairlead.proxier.sync;

import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Dataplane.Failure;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.net.Family;
import io.fairlead.core.plan.ServicePlan.NoLocalEndpoints;
import io.fairlead.core.reconcile.Holdings;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.proxier.observe.Health;
import io.fairlead.proxier.observe.KernelMetrics;
import io.fairlead.proxier.observe.SyncMetrics;

/**
 * What the loop does, as metrics and health.
 *
 * <p>A family is unhealthy while the kernel cannot be read, or is not as it was left however often
 * that is repaired. A request that the kernel refuses for good, such as a scheduler it does not
 * have, is one Service's trouble: metrics and the log say so, and a restart of the process would
 * not help.
 */
public final class SyncTelemetry implements SyncObserver {
  private final SyncMetrics sync;
  private final KernelMetrics kernel;
  private final Health health;
  private final ImmutableSet<Family> families;
  private boolean readable = true;
  private ImmutableSet<Family> failing = ImmutableSet.of();

  /**
   * @param families those that the node serves; nothing is told about others
   */
  public SyncTelemetry(
      SyncMetrics sync, KernelMetrics kernel, Health health, ImmutableSet<Family> families) {
    this.sync = sync;
    this.kernel = kernel;
    this.health = health;
    this.families = families;
  }

  @Override
  public void queued() {
    for (Family family : families) {
      sync.queued(family);
      health.queued(family);
    }
  }

  @Override
  public void passed(Pass pass, Reconciler reconciler) {
    changes(pass);
    if (pass.events() > 0) {
      sync.changesTaken();
      kernel.programmed(pass.latency());
    }
    if (pass.cause() == Pass.Cause.AUDIT) {
      kernel.audited(pass.took());
    }
    judge(pass);
    for (Family family : families) {
      if (failing.contains(family) || !readable) {
        health.queued(family);
      } else {
        sync.synced(family, pass.took());
        health.updated(family);
      }
      Holdings holdings = reconciler.holdings(family);
      kernel.holds(family, holdings.virtualServers(), holdings.realServers(), holdings.draining());
      for (NoLocalEndpoints.Policy policy : NoLocalEndpoints.Policy.values()) {
        NoLocalEndpoints missing = new NoLocalEndpoints(family, policy);
        sync.withoutLocalEndpoints(missing, reconciler.count(missing));
      }
    }
  }

  /** Only a pass that began with a reading can show that an earlier failure is over. */
  private void judge(Pass pass) {
    ImmutableSet<Family> now =
        pass.failures().stream()
            .filter(Failure::drift)
            .map(Failure::change)
            .flatMap(change -> ChangeFamilies.of(change).stream())
            .collect(ImmutableSet.toImmutableSet());
    if (pass.cause() == Pass.Cause.AUDIT || pass.cause() == Pass.Cause.START) {
      readable = true;
      failing = now;
    } else {
      failing = ImmutableSet.<Family>builder().addAll(failing).addAll(now).build();
    }
  }

  @Override
  public void unreadable(DataplaneException cause) {
    readable = false;
    for (Family family : families) {
      health.queued(family);
    }
  }

  private void changes(Pass pass) {
    ImmutableSet<Change> failed =
        pass.failures().stream().map(Failure::change).collect(ImmutableSet.toImmutableSet());
    for (Change change : pass.changes()) {
      if (failed.contains(change)) {
        kernel.failed(change);
      } else {
        kernel.applied(change);
        if (pass.cause() == Pass.Cause.AUDIT) {
          kernel.repaired(change);
        }
      }
    }
  }
}
