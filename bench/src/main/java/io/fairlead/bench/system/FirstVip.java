package io.fairlead.bench.system;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.ApiObject;
import io.fairlead.lab.rig.FairleadProcess;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Rig;
import io.fairlead.lab.synthetic.ApiObjects;
import io.fairlead.lab.synthetic.Cluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * From the start of the packaged command to the virtual server of {@code default/kubernetes} with
 * its real server, without which a node can do nothing.
 */
record FirstVip(String name, ImmutableList<Cluster> clusters, int rounds) implements Row {
  private static final ObjectName KUBERNETES = new ObjectName("default", "kubernetes");
  private static final IpAddress VIP = IpAddress.parse("10.112.0.1");
  private static final IpAddress API = IpAddress.parse("10.112.255.1");

  @Override
  public String what() {
    return "start of the process to default/kubernetes in the kernel";
  }

  @Override
  public ImmutableList<Figure> measure(Lab lab) throws Exception {
    var figures = ImmutableList.<Figure>builder();
    for (Cluster cluster : clusters) {
      try (Rig rig = Rig.create();
          Supply supply =
              Supply.api(lab, rig, Stream.concat(kubernetes(), ApiObjects.of(cluster)))) {
        start(lab, rig.node("rehearsal"), supply); // the server's JVM warms up, files are read
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
          seconds.add(start(lab, rig.node("node" + round), supply));
        }
        figures.add(
            Figure.told(
                "s, among " + Text.of(cluster),
                Ratio.median(seconds),
                "%s; median of %d".formatted(supply.description(), rounds)));
      }
    }
    return figures.build();
  }

  private static double start(Lab lab, Node node, Supply supply) {
    long began = System.nanoTime();
    try (var fairlead =
        FairleadProcess.start(lab.home(), node, supply.flags(), supply.environment())) {
      return (awaitRealServer(node, fairlead) - began) / 1e9;
    }
  }

  /** When the kernel's own table has it. */
  private static long awaitRealServer(Node node, FairleadProcess fairlead) {
    String line = "%08X:192B".formatted(API.lo()); // as /proc/net/ip_vs has addresses and ports
    long deadline = System.nanoTime() + Lab.PATIENCE.toNanos();
    return node.namespace()
        .call(() -> {
          Path table = Path.of("/proc/thread-self/net/ip_vs");
          while (!Files.readString(table).contains(line)) {
            if (System.nanoTime() > deadline) {
              throw new IllegalStateException("it does not come:\n" + fairlead.log());
            }
            pause();
          }
          return System.nanoTime();
        });
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Stream<ApiObject> kubernetes() {
    Service service =
        new Service(
            KUBERNETES,
            Service.Type.CLUSTER_IP,
            ImmutableList.of(VIP),
            ImmutableList.of(new Service.Port("https", Protocol.TCP, 443, 0)),
            ImmutableList.of(),
            ImmutableList.of(),
            ImmutableList.of(),
            new Service.Affinity.None(),
            TrafficPolicy.CLUSTER,
            TrafficPolicy.CLUSTER,
            0,
            ImmutableMap.of());
    EndpointSlice slice =
        new EndpointSlice(
            KUBERNETES,
            KUBERNETES,
            Family.IPV4,
            ImmutableList.of(new EndpointSlice.Port("https", Protocol.TCP, 6443)),
            ImmutableList.of(
                new EndpointSlice.Endpoint(
                    API,
                    Optional.empty(),
                    true,
                    true,
                    false,
                    ImmutableSet.of(),
                    ImmutableSet.of())));
    return Stream.of(ApiObjects.of(service), ApiObjects.of(slice));
  }
}
