package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.LoadBalancerIp;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.cluster.TestObjects;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * A small cluster under a stream of random events. Its pools are small on purpose: Services fight
 * for addresses, slices overlap, and endpoints come back.
 */
final class RandomCluster {
  private static final List<String> NAMES = List.of("a", "b", "c", "d", "kubernetes");
  private static final List<String> EXTERNALS =
      List.of(
          "1.2.3.1", "1.2.3.2", "10.96.0.1", "10.96.0.2", "127.0.0.1", "2001:db8::1", "fe80::1");

  final Map<ObjectName, Service> services = new TreeMap<>();
  final Map<ObjectName, EndpointSlice> slices = new TreeMap<>();
  Optional<String> zone = Optional.empty();

  private final Random random;

  RandomCluster(Random random) {
    this.random = random;
  }

  /** All that there is, as a first listing. */
  List<ClusterEvent> listing() {
    List<ClusterEvent> events = new ArrayList<>();
    services.values().forEach(s -> events.add(new ClusterEvent.ServiceApplied(s)));
    slices.values().forEach(s -> events.add(new ClusterEvent.SliceApplied(s)));
    zone.ifPresent(z -> events.add(new ClusterEvent.NodeApplied(TestObjects.node(z))));
    events.add(new ClusterEvent.Listed(ClusterEvent.Kind.SERVICES));
    events.add(new ClusterEvent.Listed(ClusterEvent.Kind.ENDPOINT_SLICES));
    return events;
  }

  /** The next thing that happens. */
  ClusterEvent next() {
    return switch (random.nextInt(12)) {
      case 0 -> removedService();
      case 1 -> removedSlice();
      case 2 -> node();
      case 3, 4, 5, 6 -> applied(service());
      default -> applied(slice());
    };
  }

  private ClusterEvent removedService() {
    ObjectName name = TestObjects.name(pick(NAMES));
    services.remove(name);
    return new ClusterEvent.ServiceRemoved(name);
  }

  private ClusterEvent removedSlice() {
    ObjectName name = sliceName();
    slices.remove(name);
    return new ClusterEvent.SliceRemoved(name);
  }

  private ClusterEvent node() {
    if (random.nextInt(4) == 0) {
      zone = Optional.empty();
      return new ClusterEvent.NodeRemoved(TestObjects.NODE);
    }
    zone = Optional.of(pick(List.of("a", "b")));
    return new ClusterEvent.NodeApplied(TestObjects.node(zone.get()));
  }

  private ClusterEvent applied(Service service) {
    services.put(service.name(), service);
    return new ClusterEvent.ServiceApplied(service);
  }

  private ClusterEvent applied(EndpointSlice slice) {
    slices.put(slice.name(), slice);
    return new ClusterEvent.SliceApplied(slice);
  }

  private Service service() {
    return new Service(
        TestObjects.name(pick(NAMES)),
        random.nextInt(10) == 0 ? Service.Type.EXTERNAL_NAME : Service.Type.LOAD_BALANCER,
        clusterIps(),
        ports(),
        some(EXTERNALS, 3).stream().map(IpAddress::parse).collect(ImmutableList.toImmutableList()),
        some(EXTERNALS, 5).stream()
            .map(ip -> new LoadBalancerIp(IpAddress.parse(ip), pick(LoadBalancerIp.Mode.values())))
            .collect(ImmutableList.toImmutableList()),
        ImmutableList.<Cidr>of(),
        random.nextBoolean()
            ? new Service.Affinity.None()
            : new Service.Affinity.ClientIp(60 + random.nextInt(2)),
        pick(TrafficPolicy.values()),
        pick(TrafficPolicy.values()),
        0,
        ImmutableMap.of());
  }

  private ImmutableList<IpAddress> clusterIps() {
    var ips = ImmutableList.<IpAddress>builder();
    if (random.nextInt(8) != 0) {
      ips.add(IpAddress.parse("10.96.0." + (1 + random.nextInt(6))));
    }
    if (random.nextInt(3) == 0) {
      ips.add(IpAddress.parse("fd00::" + (1 + random.nextInt(3))));
    }
    return ips.build();
  }

  private ImmutableList<Service.Port> ports() {
    return some(
            List.of(
                new Service.Port("web", Protocol.TCP, 80, 0),
                new Service.Port("dns", Protocol.UDP, 53, 0),
                new Service.Port("dns-tcp", Protocol.TCP, 53, 30053),
                new Service.Port("sig", Protocol.SCTP, 80, 0)),
            2)
        .stream()
        .collect(ImmutableList.toImmutableList());
  }

  private EndpointSlice slice() {
    Family family = random.nextInt(4) == 0 ? Family.IPV6 : Family.IPV4;
    return new EndpointSlice(
        sliceName(),
        TestObjects.name(pick(NAMES)),
        family,
        some(
            List.of(
                new EndpointSlice.Port("web", Protocol.TCP, 8080),
                new EndpointSlice.Port("web", Protocol.UDP, 8080),
                new EndpointSlice.Port("dns", Protocol.UDP, 53),
                new EndpointSlice.Port("dns-tcp", Protocol.TCP, 53),
                new EndpointSlice.Port("sig", Protocol.SCTP, 80)),
            1),
        some(List.of(1, 2, 3, 4, 5), 2).stream()
            .map(n -> endpoint(family, n))
            .collect(ImmutableList.toImmutableList()));
  }

  private EndpointSlice.Endpoint endpoint(Family family, int n) {
    boolean hinted = random.nextInt(4) != 0;
    return new EndpointSlice.Endpoint(
        IpAddress.parse((family == Family.IPV4 ? "10.0.1." : "fd01::") + n),
        pick(
            List.of(
                Optional.of(TestObjects.NODE),
                Optional.of(TestObjects.OTHER_NODE),
                Optional.<String>empty())),
        random.nextInt(3) != 0,
        random.nextInt(3) != 0,
        random.nextInt(3) == 0,
        hinted ? ImmutableSet.of(pick(List.of("a", "b"))) : ImmutableSet.of(),
        hinted && random.nextBoolean()
            ? ImmutableSet.of(pick(List.of(TestObjects.NODE, TestObjects.OTHER_NODE)))
            : ImmutableSet.of());
  }

  private ObjectName sliceName() {
    return TestObjects.name("slice-" + random.nextInt(8));
  }

  private <T> T pick(List<T> pool) {
    return pool.get(random.nextInt(pool.size()));
  }

  private <T> T pick(T[] pool) {
    return pool[random.nextInt(pool.length)];
  }

  /** Each with a chance of 1 in {@code odds + 1}, but for 1: then two of three. */
  private <T> ImmutableList<T> some(List<T> pool, int odds) {
    return pool.stream()
        .filter(_ -> odds == 1 ? random.nextInt(3) != 0 : random.nextInt(odds + 1) == 0)
        .collect(ImmutableList.toImmutableList());
  }
}
