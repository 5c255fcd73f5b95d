package io.fairlead.core.reconcile;

import static io.fairlead.core.cluster.TestObjects.ip;
import static io.fairlead.core.cluster.TestObjects.slice;
import static io.fairlead.core.cluster.TestObjects.slicePort;
import static io.fairlead.core.cluster.TestObjects.tcp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.sun.management.ThreadMXBean;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.TestObjects;
import io.fairlead.core.cluster.TestObjects.ServiceDraft;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Comparison.Delta;
import io.fairlead.core.dataplane.Drift;
import io.fairlead.core.dataplane.FakeDataplane;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/**
 * One changed endpoint, and an audit that finds nothing, cost the same in a big cluster as in a
 * small one. Counted, not timed: in commands, and in bytes allocated, which any copy of a whole map
 * would show.
 */
class ProportionalWorkTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final String SHARED = "192.0.2.1";
  private static final int ROUNDS = 40;

  @Test
  void anEndpointAmong2000ServicesAllocatesNoMoreThanAmong10() {
    assertProportional("10.0.1.3 ready", "10.0.1.3");
  }

  @Test
  void oneMoreThatDrainsAmong2000AllocatesNoMoreThanAmong10() {
    assertProportional("10.0.1.2 ready", "10.0.1.2");
  }

  private static void assertProportional(String endpoint, String later) {
    long small = bytesPerEndpoint(10, endpoint, later);
    long big = bytesPerEndpoint(2000, endpoint, later);

    assertTrue(big < 2 * small, small + " bytes among 10 Services, " + big + " among 2,000");
  }

  @Test
  void anAuditThatFindsNothingAmong2000ServicesAllocatesNoMoreThanAmong10() {
    long small = bytesPerAudit(10);
    long big = bytesPerAudit(2000);

    assertTrue(big < 2 * small, small + " bytes among 10 Services, " + big + " among 2,000");
  }

  private static long bytesPerAudit(int services) {
    Reconciler reconciler = running(services);
    var nothing =
        new Drift(
            true,
            Delta.none(),
            ImmutableSet.of(ip(SHARED)),
            ImmutableMap.of(),
            true,
            OptionalInt.empty(),
            Delta.none());
    ImmutableSet<VirtualServerKey> owned = reconciler.ownedOffDevice();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      reconciler.observe(nothing, owned);
      ImmutableList<Change> changes = reconciler.changes(0);
      reconciler.applied(changes, ImmutableList.of(), 0);
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      assertEquals(ImmutableList.of(), changes);
    }
    return least;
  }

  /** The least of some rounds: whatever else allocates on this thread, such as JIT counters. */
  private static long bytesPerEndpoint(int services, String endpoint, String later) {
    Reconciler reconciler = running(services);
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      ClusterEvent event = endpoints(0, round % 2 == 0 ? endpoint : later);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      int commands = sync(reconciler, event);
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      assertEquals(2, commands, "one for each of the two virtual servers");
    }
    return least;
  }

  /** What the sync loop does for an event, but for the writing. */
  private static int sync(Reconciler reconciler, ClusterEvent event) {
    reconciler.on(event);
    ImmutableList<Change> changes = reconciler.changes(0);
    assertTrue(!reconciler.ownedOffDevice().isEmpty());
    reconciler.applied(changes, ImmutableList.of(), 0);
    assertTrue(reconciler.isDraining());
    return changes.size();
  }

  /** Every Service drains an endpoint, and shares an address of the node with all the others. */
  private static Reconciler running(int services) {
    var kernel = new FakeDataplane();
    kernel.addNodeAddress(ip(SHARED));
    var reconciler =
        new Reconciler(
            new Planner(PlannerSettings.of("rr")), new ReconcilerSettings(TestObjects.NODE));
    reconciler.observe(kernel.read(), ImmutableSet.of());
    for (int i = 0; i < services; i++) {
      String clusterIp = IpAddress.v4(0x0a600000 + i).toString();
      reconciler.on(
          new ClusterEvent.ServiceApplied(
              ServiceDraft.service("s" + i, clusterIp, tcp("", 1000 + i))
                  .externalIps(SHARED)
                  .service()));
      reconciler.on(endpoints(i, "10.0.1.2 ready"));
    }
    reconciler.on(new ClusterEvent.Listed(ClusterEvent.Kind.SERVICES));
    reconciler.on(new ClusterEvent.Listed(ClusterEvent.Kind.ENDPOINT_SLICES));
    reconciler.on(new ClusterEvent.Listed(ClusterEvent.Kind.NODES));
    reconciler.applied(reconciler.changes(0), ImmutableList.of(), 0);
    for (int i = 0; i < services; i++) {
      reconciler.on(endpoints(i, "10.0.1.2"));
    }
    reconciler.applied(reconciler.changes(0), ImmutableList.of(), 0);
    return reconciler;
  }

  private static ClusterEvent endpoints(int service, String second) {
    return new ClusterEvent.SliceApplied(
        slice(
            "s" + service,
            "s" + service,
            List.of(slicePort("", Protocol.TCP, 8080)),
            "10.0.1.1 ready",
            second));
  }
}
