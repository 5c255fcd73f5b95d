package io.fairlead.bench.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.EndpointSlice.Endpoint;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.Affinity;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.synthetic.Cluster;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a generated cluster is made of. */
class ClusterTest {
  private static final int SERVICES = 10_000;
  private static final Cluster REALISTIC = Cluster.realistic(SERVICES, 1);

  @Test
  void theSameSeedGivesTheSameClusterAndAnotherSeedAnother() {
    assertEquals(listing(Cluster.realistic(200, 7)), listing(Cluster.realistic(200, 7)));
    assertNotEquals(listing(Cluster.realistic(200, 7)), listing(Cluster.realistic(200, 8)));
  }

  @Test
  void aServiceIsTheSameInABiggerCluster() {
    assertEquals(REALISTIC.service(42), Cluster.realistic(100, 1).service(42));
    assertEquals(REALISTIC.slices(42), Cluster.realistic(100, 1).slices(42));
  }

  @Test
  void aUniformClusterHasSoManyServicesWithSoManyReadyEndpoints() {
    Cluster cluster = Cluster.uniform(50, 10);
    Set<IpAddress> pods = new HashSet<>();
    cluster
        .numbers()
        .forEach(number -> {
          assertEquals(1, cluster.service(number).ports().size());
          assertEquals(1, cluster.slices(number).size());
          cluster
              .slices(number)
              .getFirst()
              .endpoints()
              .forEach(endpoint -> {
                assertTrue(endpoint.ready(), endpoint::toString);
                pods.add(endpoint.address());
              });
        });
    assertEquals(50, cluster.numbers().count());
    assertEquals(500, pods.size());
  }

  @Test
  void aServiceOfManyEndpointsHasSeveralSlices() {
    List<EndpointSlice> slices = Cluster.uniform(1, 2500).slices(0);

    assertEquals(
        List.of(1000, 1000, 500), slices.stream().map(it -> it.endpoints().size()).toList());
    assertEquals(3, slices.stream().map(EndpointSlice::name).distinct().count());
    assertEquals(2500, addresses(slices).distinct().count());
  }

  @Test
  void aLaterSliceHasPodsOfTheirOwnGeneration() {
    Cluster cluster = Cluster.uniform(10, 4);
    List<Endpoint> before = cluster.slices(3).getFirst().endpoints();
    List<Endpoint> after =
        cluster.slice(3, 4, index -> index == 1 ? 5 : 0, index -> index != 2).endpoints();

    assertEquals(before.get(0), after.get(0));
    assertNotEquals(before.get(1).address(), after.get(1).address());
    assertEquals(before.get(2).address(), after.get(2).address());
    assertTrue(before.get(2).ready() && !after.get(2).ready());
  }

  @Test
  void aRealisticClusterHasAboutAsMuchOfEachKindAsItSays() {
    assertShare("load balancers", 4, 6, type(Service.Type.LOAD_BALANCER));
    assertShare("node ports", 6, 8, type(Service.Type.NODE_PORT));
    assertShare("dual stack", 28, 32, service -> service.clusterIps().size() == 2);
    assertShare("policy", 4, 6, it -> it.externalTrafficPolicy() == TrafficPolicy.LOCAL);
    assertShare("internal", 1, 3, it -> it.internalTrafficPolicy() == TrafficPolicy.LOCAL);
    assertShare("affinity", 3, 5, service -> service.affinity() instanceof Affinity.ClientIp);
    assertShare("source ranges", 0.5, 1.5, service -> !service.sourceRanges().isEmpty());
    assertShare("UDP", 2, 4, ClusterTest::hasUdp);
  }

  @Test
  void endpointsAreSkewed() {
    int[] counts =
        REALISTIC.numbers().map(number -> endpoints(REALISTIC, number).size()).sorted().toArray();

    assertEquals(0, counts[SERVICES / 20], "one in ten has none");
    assertTrue(counts[SERVICES / 2] <= 4, counts[SERVICES / 2] + " is the median");
    int big = counts[SERVICES - SERVICES / 200];
    assertTrue(big >= 100, big + ": one in a hundred has hundreds");
    int biggest = counts[SERVICES - 1];
    assertTrue(biggest <= 500, biggest + " is the most");
  }

  @Test
  void someEndpointsAreNotReadyAndSomeTerminate() {
    List<Endpoint> all =
        REALISTIC
            .numbers()
            .limit(2_000)
            .mapToObj(number -> endpoints(REALISTIC, number))
            .flatMap(List::stream)
            .toList();

    double notReady = 100.0 * all.stream().filter(it -> !it.ready()).count() / all.size();
    assertTrue(notReady > 1 && notReady < 6, notReady + " % are not ready");
    assertTrue(all.stream().anyMatch(it -> it.terminating() && it.serving()));
    assertTrue(all.stream().anyMatch(it -> !it.ready() && !it.serving()));
  }

  @Test
  void noTwoServicesShareAnAddressOrANodePort() {
    Set<IpAddress> addresses = new HashSet<>();
    Set<Integer> nodePorts = new HashSet<>();
    REALISTIC
        .numbers()
        .mapToObj(REALISTIC::service)
        .forEach(service -> {
          service.clusterIps().forEach(it -> assertTrue(addresses.add(it), service::toString));
          service
              .externalAddresses()
              .forEach(it -> assertTrue(addresses.add(it), service::toString));
          for (Service.Port port : service.ports()) {
            assertTrue(port.nodePort() == 0 || nodePorts.add(port.nodePort()), service::toString);
          }
        });
    assertTrue(nodePorts.size() > 100, nodePorts.size() + " node ports");
    nodePorts.forEach(port -> assertTrue(port >= 30_000 && port < 32_768, "port " + port));
  }

  @Test
  void aListingHasAllObjectsAndSaysSo() {
    List<ClusterEvent> events = listing(Cluster.realistic(100, 3));

    for (ClusterEvent.Kind kind : ClusterEvent.Kind.values()) {
      assertTrue(events.contains(new ClusterEvent.Listed(kind)), kind::toString);
    }
    long services =
        events.stream().filter(event -> event instanceof ClusterEvent.ServiceApplied).count();
    assertEquals(100, services);
  }

  private static void assertShare(
      String of, double least, double most, Predicate<Service> counted) {
    double percent =
        100.0 * REALISTIC.numbers().mapToObj(REALISTIC::service).filter(counted).count() / SERVICES;
    assertTrue(percent >= least && percent <= most, percent + " % " + of);
  }

  private static Predicate<Service> type(Service.Type type) {
    return service -> service.type() == type;
  }

  private static boolean hasUdp(Service service) {
    return service.ports().stream().anyMatch(port -> port.protocol() == Protocol.UDP);
  }

  private static List<Endpoint> endpoints(Cluster cluster, int number) {
    return cluster.slices(number).stream()
        .filter(slice -> slice.family() == Family.IPV4)
        .flatMap(slice -> slice.endpoints().stream())
        .toList();
  }

  private static Stream<IpAddress> addresses(List<EndpointSlice> slices) {
    return slices.stream().flatMap(slice -> slice.endpoints().stream()).map(Endpoint::address);
  }

  private static ImmutableList<ClusterEvent> listing(Cluster cluster) {
    List<ClusterEvent> events = new ArrayList<>();
    cluster.list(events::add);
    return ImmutableList.copyOf(events);
  }
}
