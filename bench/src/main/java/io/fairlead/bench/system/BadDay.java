package io.fairlead.bench.system;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.dataplane.KernelState;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Rig;
import io.fairlead.lab.synthetic.Cluster;
import io.fairlead.proxier.kernel.KernelDataplane;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Readiness flaps all over the cluster, faster than anybody can follow: what counts is that the
 * kernel is as the last word of each Service has it, and soon.
 */
record BadDay(String name, int services, int perSecond, int seconds) implements Row {
  private static final int ENDPOINTS = 10;

  /** So many updates of a Service, then it is as before the first. */
  private static final int PHASES = 3;

  private static final double MEGABYTE = 1 << 20;

  @Override
  public String what() {
    return "%,d endpoint updates a second for %d s".formatted(perSecond, seconds);
  }

  @Override
  public ImmutableList<Figure> measure(Lab lab) throws Exception {
    Cluster cluster = Cluster.uniform(services, ENDPOINTS);
    try (Rig rig = Rig.create()) {
      Node node = rig.node("node0");
      Tally tally = new Tally();
      try (Proxy proxy =
          Proxy.start(node, cluster, tally, "--metrics-bind-address=", "--healthz-bind-address=")) {
        double heap = heapAfterCollection();
        int messages = tally.messages();
        long due = report(proxy, cluster);
        proxy.settle();
        double lag = (System.nanoTime() - due) / 1e9;
        double grown = heapAfterCollection() - heap;
        String told = "%,d netlink messages".formatted(tally.messages() - messages);
        return ImmutableList.of(
            Figure.atMost(1, "s of lag at the end", lag, told),
            Figure.atMost(8, "MB of heap more than before", grown / MEGABYTE, "after a collection"),
            Figure.atMost(0, "missed updates", missed(node, cluster), "Services that differ"));
      }
    }
  }

  /** Reports all updates; returns when the last was due. */
  private long report(Proxy proxy, Cluster cluster) {
    // Made before: an emulated processor has enough to do with reading them.
    ImmutableList<ClusterEvent> cycle =
        IntStream.range(0, PHASES * services)
            .mapToObj(i -> new ClusterEvent.SliceApplied(slice(cluster, i)))
            .collect(ImmutableList.toImmutableList());
    long began = System.nanoTime();
    long gap = TimeUnit.SECONDS.toNanos(1) / perSecond;
    int updates = perSecond * seconds;
    for (int i = 0; i < updates; i++) {
      long due = began + i * gap;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      proxy.report(cycle.get(i % cycle.size()));
    }
    return began + (updates - 1) * gap;
  }

  /** Update {@code i}: which pods are ready differs from each time to the next. */
  private static EndpointSlice slice(Cluster cluster, int i) {
    int round = i / cluster.size();
    return cluster.slice(
        i % cluster.size(), ENDPOINTS, _ -> 0, pod -> pod % PHASES != round % PHASES);
  }

  private double missed(Node node, Cluster cluster) throws Exception {
    int last = perSecond * seconds - 1;
    try (KernelDataplane kernel = Lab.dataplane(node.namespace(), Tally.NOBODY)) {
      KernelState state = kernel.read();
      return cluster
          .numbers()
          .filter(number -> {
            int update = last - Math.floorMod(last - number, cluster.size());
            return !serving(state, cluster, number).equals(ready(slice(cluster, update)));
          })
          .count();
    }
  }

  private static ImmutableSet<RealServer> serving(KernelState state, Cluster cluster, int number) {
    var key =
        new VirtualServerKey.Addressed(
            cluster.service(number).clusterIps().getFirst(), 80, Protocol.TCP);
    var server = state.virtualServers().get(key);
    if (server == null) {
      return ImmutableSet.of();
    }
    return server.realServers().entrySet().stream()
        .filter(each -> each.getValue().weight() > 0)
        .map(each -> each.getKey())
        .collect(ImmutableSet.toImmutableSet());
  }

  private static ImmutableSet<RealServer> ready(EndpointSlice slice) {
    return slice.endpoints().stream()
        .filter(EndpointSlice.Endpoint::ready)
        .map(endpoint -> new RealServer(endpoint.address(), slice.ports().getFirst().port()))
        .collect(ImmutableSet.toImmutableSet());
  }

  private static double heapAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
