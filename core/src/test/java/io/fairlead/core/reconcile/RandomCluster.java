package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.Node;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.LoadBalancerIp;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.cluster.TestObjects;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.MarkRange;
import io.fairlead.core.plan.NodePortAddresses;
import io.fairlead.core.plan.NodePortAddresses.Choice;
import io.fairlead.core.plan.PlannerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A small cluster under a stream of random events, and the node that it is seen from. Its pools are
 * small on purpose: Services fight for addresses, slices overlap, and endpoints come back.
 */
public final class RandomCluster {
  private static final List<String> NAMES = List.of("a", "b", "c", "d", "kubernetes");
  private static final List<String> EXTERNALS =
      List.of(
          "1.2.3.1",
          "1.2.3.2",
          "10.96.0.1",
          "10.96.0.2",
          "127.0.0.1",
          "192.168.1.10",
          "192.168.1.20",
          "2001:db8::1",
          "2001:db8::2",
          "fd00:1::10",
          "fe80::1");
  private static final List<String> OWN = List.of("192.168.1.10", "fd00:1::10", "10.0.0.7");
  private static final List<String> OTHERS =
      List.of("192.168.1.20", "192.168.1.10", "1.2.3.2", "2001:db8::2");
  private static final List<String> DEVICES =
      List.of("192.168.1.10", "192.168.1.11", "fd00:1::10", "1.2.3.1", "10.96.0.1", "2001:db8::1");
  private static final List<String> RANGES =
      List.of(
          "10.0.0.0/8",
          "10.1.0.0/16",
          "192.168.1.0/25",
          "192.168.1.128/25",
          "1.2.3.1/32",
          "0.0.0.0/0",
          "2001:db8::/32",
          "2001:db8:1::/48",
          "fd00:1::/64");

  public final Map<ObjectName, Service> services = new TreeMap<>();
  public final Map<ObjectName, EndpointSlice> slices = new TreeMap<>();

  /** The Node objects but our own, by name. */
  public final Map<String, Node> otherNodes = new TreeMap<>();

  /** What the node's own devices hold. */
  public final Set<IpAddress> devices = new TreeSet<>();

  /** Of our own Node object, as last seen. */
  public ImmutableList<IpAddress> ownAddresses = ImmutableList.of();

  private Optional<Node> ownNode = Optional.empty();
  private final Random random;

  public RandomCluster(Random random) {
    this.random = random;
    var _ = applied(ownNode(Optional.of("a")));
  }

  /** What an operator may have chosen. */
  public static PlannerSettings settings(Random random) {
    var pool = new RandomCluster(random);
    return new PlannerSettings(
        pool.pick(List.of("rr", "rr", "lc", "mh", "sh")),
        pool.families(),
        pool.families(),
        new NodePortAddresses(
            pool.some(
                List.of(
                    new Choice.All(),
                    new Choice.Primary(),
                    new Choice.Localhost(),
                    new Choice.Range(Cidr.parse("192.168.1.0/24")),
                    new Choice.Range(Cidr.parse("2001:db8::/32"))),
                5)),
        random.nextBoolean() ? MarkRange.DEFAULT : new MarkRange(0x1000, 0x11ff, 0x40));
  }

  private ImmutableSet<Family> families() {
    return random.nextInt(4) == 0
        ? ImmutableSet.of(pick(Family.values()))
        : ImmutableSet.copyOf(Family.values());
  }

  /** The label that the zone hints are about. */
  public Optional<String> zone() {
    return ownNode.flatMap(Node::zone);
  }

  /** All that there is, as a first listing. Nothing starts before there is a Node of its own. */
  public List<ClusterEvent> listing() {
    List<ClusterEvent> events = new ArrayList<>();
    services.values().forEach(s -> events.add(new ClusterEvent.ServiceApplied(s)));
    slices.values().forEach(s -> events.add(new ClusterEvent.SliceApplied(s)));
    otherNodes.values().forEach(n -> events.add(new ClusterEvent.NodeApplied(n)));
    events.add(
        applied(
            ownNode.orElseGet(() ->
                new Node(
                    TestObjects.NODE, Optional.empty(), ownAddresses, ImmutableList.of(), true))));
    for (ClusterEvent.Kind kind : ClusterEvent.Kind.values()) {
      events.add(new ClusterEvent.Listed(kind));
    }
    return events;
  }

  /** The next thing that happens. */
  public ClusterEvent next() {
    return switch (random.nextInt(14)) {
      case 0 -> removedService();
      case 1 -> removedSlice();
      case 2 -> changedOwnNode();
      case 3 -> changedOtherNode();
      case 4, 5 -> applied(service());
      case 6, 7 -> applied(changedService());
      default -> applied(slice());
    };
  }

  /** An address comes to a device of the node, or leaves it. */
  public IpAddress moveDeviceAddress() {
    IpAddress address = IpAddress.parse(pick(DEVICES));
    if (!devices.remove(address)) {
      devices.add(address);
    }
    return address;
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

  private ClusterEvent changedOwnNode() {
    if (random.nextInt(6) == 0) {
      ownNode = Optional.empty();
      return new ClusterEvent.NodeRemoved(TestObjects.NODE);
    }
    return applied(ownNode(random.nextInt(4) == 0 ? Optional.empty() : Optional.of(pickZone())));
  }

  private Node ownNode(Optional<String> zone) {
    ImmutableList<IpAddress> addresses =
        random.nextInt(3) == 0 || ownAddresses.isEmpty() ? addresses(some(OWN, 1)) : ownAddresses;
    return new Node(TestObjects.NODE, zone, addresses, ImmutableList.of(), true);
  }

  private ClusterEvent changedOtherNode() {
    String name = pick(List.of(TestObjects.OTHER_NODE, "elsewhere"));
    if (random.nextInt(3) == 0) {
      otherNodes.remove(name);
      return new ClusterEvent.NodeRemoved(name);
    }
    var node =
        new Node(
            name, Optional.of(pickZone()), addresses(some(OTHERS, 2)), ImmutableList.of(), true);
    otherNodes.put(name, node);
    return new ClusterEvent.NodeApplied(node);
  }

  private ClusterEvent applied(Node own) {
    ownNode = Optional.of(own);
    ownAddresses = own.addresses();
    return new ClusterEvent.NodeApplied(own);
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
    Service.Type type = random.nextInt(10) == 0 ? Service.Type.EXTERNAL_NAME : pick(TYPES);
    return new Service(
        TestObjects.name(pick(NAMES)),
        type,
        clusterIps(),
        ports(type),
        addresses(some(EXTERNALS, 5)),
        ingress(type),
        ranges(),
        affinity(),
        pick(TrafficPolicy.values()),
        random.nextInt(3) == 0 ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER,
        random.nextBoolean() ? 32000 + random.nextInt(2) : 0,
        annotations());
  }

  private static final List<Service.Type> TYPES =
      List.of(
          Service.Type.CLUSTER_IP,
          Service.Type.NODE_PORT,
          Service.Type.LOAD_BALANCER,
          Service.Type.LOAD_BALANCER);

  /** A Service that is there already, with one thing changed. */
  private Service changedService() {
    if (services.isEmpty()) {
      return service();
    }
    Service old = pick(List.copyOf(services.values()));
    Service other = service();
    int what = random.nextInt(9);
    Service.Type type = what == 0 ? other.type() : old.type();
    return new Service(
        old.name(),
        type,
        what == 1 ? other.clusterIps() : old.clusterIps(),
        what <= 2 ? ports(type) : old.ports(),
        what == 3 ? other.externalIps() : old.externalIps(),
        what == 4 || what == 0 ? ingress(type) : old.loadBalancerIps(),
        what == 5 ? other.sourceRanges() : old.sourceRanges(),
        what == 6 ? other.affinity() : old.affinity(),
        what == 7 ? flipped(old.externalTrafficPolicy()) : old.externalTrafficPolicy(),
        what == 8 ? flipped(old.internalTrafficPolicy()) : old.internalTrafficPolicy(),
        what == 0 ? other.healthCheckNodePort() : old.healthCheckNodePort(),
        what == 6 ? other.annotations() : old.annotations());
  }

  private static TrafficPolicy flipped(TrafficPolicy policy) {
    return policy == TrafficPolicy.LOCAL ? TrafficPolicy.CLUSTER : TrafficPolicy.LOCAL;
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

  private ImmutableList<Service.Port> ports(Service.Type type) {
    return some(
        List.of(
            new Service.Port("web", Protocol.TCP, 80, nodePort(type, 30080)),
            new Service.Port("dns", Protocol.UDP, 53, nodePort(type, 30053)),
            new Service.Port("dns-tcp", Protocol.TCP, 53, nodePort(type, 30053)),
            new Service.Port("sig", Protocol.SCTP, 80, nodePort(type, 30080)),
            new Service.Port("", Protocol.TCP, 30080, 0)),
        2);
  }

  /** Only these types have node ports, and allocateLoadBalancerNodePorts may say no. */
  private int nodePort(Service.Type type, int port) {
    boolean may = type == Service.Type.NODE_PORT || type == Service.Type.LOAD_BALANCER;
    return may && random.nextInt(3) != 0 ? port : 0;
  }

  private ImmutableList<LoadBalancerIp> ingress(Service.Type type) {
    return type != Service.Type.LOAD_BALANCER
        ? ImmutableList.of()
        : addresses(some(EXTERNALS, 4)).stream()
            .map(ip ->
                new LoadBalancerIp(
                    ip,
                    random.nextInt(4) == 0 ? LoadBalancerIp.Mode.PROXY : LoadBalancerIp.Mode.VIP))
            .collect(ImmutableList.toImmutableList());
  }

  private ImmutableList<Cidr> ranges() {
    return random.nextBoolean()
        ? ImmutableList.of()
        : some(RANGES, 2).stream().map(Cidr::parse).collect(ImmutableList.toImmutableList());
  }

  private Service.Affinity affinity() {
    return random.nextInt(3) != 0
        ? new Service.Affinity.None()
        : new Service.Affinity.ClientIp(60 + random.nextInt(2));
  }

  /** A value that begins with "!" is wrong. */
  private ImmutableMap<String, String> annotations() {
    var annotations = ImmutableMap.<String, String>builder();
    for (String key : List.of("fairlead.io/scheduler", "kube-router.io/service.scheduler")) {
      if (random.nextInt(6) == 0) {
        annotations.put(key, pick(List.of("lc", "mh", "sh", "wrr", "!")));
      }
    }
    for (String key : List.of("fairlead.io/scheduler-flags", "kube-router.io/service.schedflags")) {
      if (random.nextInt(6) == 0) {
        annotations.put(key, pick(List.of("mh-port", "sh-fallback", "flag-1,flag-2", "!")));
      }
    }
    return annotations.buildOrThrow();
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
                new EndpointSlice.Port("sig", Protocol.SCTP, 80),
                new EndpointSlice.Port("", Protocol.TCP, 8081)),
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
        hinted ? ImmutableSet.of(pickZone()) : ImmutableSet.of(),
        hinted && random.nextBoolean()
            ? ImmutableSet.of(pick(List.of(TestObjects.NODE, TestObjects.OTHER_NODE)))
            : ImmutableSet.of());
  }

  private static ImmutableList<IpAddress> addresses(List<String> texts) {
    return texts.stream().map(IpAddress::parse).collect(ImmutableList.toImmutableList());
  }

  private ObjectName sliceName() {
    return TestObjects.name("slice-" + random.nextInt(8));
  }

  private String pickZone() {
    return pick(List.of("a", "b"));
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
