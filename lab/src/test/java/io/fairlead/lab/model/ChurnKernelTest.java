package io.fairlead.lab.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.KernelState;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.core.reconcile.ReconcilerSettings;
import io.fairlead.lab.synthetic.Churn;
import io.fairlead.lab.synthetic.Cluster;
import io.fairlead.netlink.jna.PrivateNamespace;
import io.fairlead.proxier.kernel.KernelDataplane;
import io.fairlead.proxier.settings.LocalDetector;
import io.fairlead.proxier.settings.Settings;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A realistic cluster lives on, and the kernel with it, event by event: it holds what it would hold
 * had the cluster always been as it is now.
 */
class ChurnKernelTest {
  private static final int SERVICES = 200;
  private static final int CHANGES = 600;
  private static final int LOOKS = 3;

  private final Cluster cluster = Cluster.realistic(SERVICES, 1);
  private final Churn churn = new Churn(cluster, 1);
  private final PrivateNamespace namespace;
  private final KernelDataplane kernel;

  ChurnKernelTest() throws IOException {
    namespace = PrivateNamespace.create();
    Process up =
        namespace
            .namespace()
            .call(() -> new ProcessBuilder("ip", "link", "set", "lo", "up").start());
    assertEquals(0, up.onExit().join().exitValue(), "real servers need lo");
    kernel =
        namespace
            .namespace()
            .call(() ->
                KernelDataplane.open(new Settings.Masquerade(14, false, new LocalDetector.None())));
  }

  @AfterEach
  void close() {
    kernel.close();
    namespace.close();
  }

  @Test
  void afterAnyNumberOfChangesTheKernelIsAsIfTheClusterHadAlwaysBeenSo() throws Exception {
    Reconciler follower = reconciler();
    cluster.list(follower::on);
    follower.observe(kernel.read(), ImmutableSet.of());
    sync(follower);
    int changes = 0;
    for (int change = 1; change <= CHANGES; change++) {
      churn.next().forEach(follower::on);
      changes += sync(follower);
      if (change % 20 == 0) {
        finishDraining(follower);
      }
      if (change % (CHANGES / LOOKS) == 0) {
        finishDraining(follower);
        assertNothingToDo(follower, change);
      }
    }
    assertTrue(changes > CHANGES, changes + " kernel changes");
  }

  /** A Fairlead that starts now, and knows neither what was nor what the other one believes. */
  private void assertNothingToDo(Reconciler follower, int change) throws Exception {
    KernelState held = kernel.read();
    assertTrue(held.virtualServers().size() > SERVICES, held.virtualServers().size() + " servers");
    Reconciler other = reconciler();
    churn.list(other::on);
    other.observe(held, follower.ownedOffDevice());
    assertEquals(List.of(), other.changes(0), () -> "after " + change + " changes");
  }

  /** Nobody is connected, so whatever drains is idle. */
  private void finishDraining(Reconciler reconciler) throws Exception {
    for (int round = 0; round < 2; round++) { // virtual servers by mark first
      for (var key : reconciler.draining()) {
        reconciler.counted(key, kernel.connections(key), 0);
      }
      sync(reconciler);
    }
  }

  private int sync(Reconciler reconciler) {
    ImmutableList<Change> changes = reconciler.changes(0);
    assertEquals(List.of(), kernel.apply(changes));
    reconciler.applied(changes, ImmutableList.of(), 0);
    return changes.size();
  }

  private static Reconciler reconciler() {
    return new Reconciler(
        new Planner(PlannerSettings.of("rr")), new ReconcilerSettings(Cluster.nodeName(0)));
  }
}
