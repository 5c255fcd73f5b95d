package io.fairlead.lab.synthetic;

import static com.google.common.base.Preconditions.checkElementIndex;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.EndpointSlice.Endpoint;
import io.fairlead.core.cluster.Node;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.Affinity;
import io.fairlead.core.cluster.Service.LoadBalancerIp;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A cluster of a {@link Shape}: its objects by number, and its life as events.
 *
 * <p>Service N of a cluster has ClusterIP 10.96.0.0 + N + 1, and its endpoints are pods in 10.128/9
 * that no other Service has, on {@value #NODES} nodes in three zones.
 */
public record Cluster(Shape shape) {
  /** How many nodes the pods are spread over: node0, node1, and so on. */
  public static final int NODES = 100;

  /** The API server takes no EndpointSlice with more. */
  private static final int SLICE = 1000;

  private static final int SERVICE_NET = 10 << 24 | 96 << 16;
  private static final int POD_NET = 10 << 24 | 128 << 16;
  private static final int EXTERNAL_NET = 172 << 24 | 16 << 16;
  private static final int PODS = 1 << 23;
  private static final int NODE_PORTS = 30_000;
  private static final int NODE_PORT_COUNT = 2768;
  private static final int UNIFORM_PORT = 80;
  private static final int TARGET_PORT = 8080;

  /** A cluster of Services that are all alike. */
  public static Cluster uniform(int services, int endpoints) {
    return new Cluster(new Shape.Uniform(services, endpoints));
  }

  /** A cluster such as are found. */
  public static Cluster realistic(int services, long seed) {
    return new Cluster(new Shape.Realistic(services, seed));
  }

  /** How many Services it has. */
  public int size() {
    return shape.services();
  }

  /** From 0 on, a number for each Service. */
  public IntStream numbers() {
    return IntStream.range(0, size());
  }

  /** The name of a Service: 100 namespaces share them. */
  public ObjectName name(int number) {
    return new ObjectName("team-" + number % 100, "service-" + number);
  }

  /** One Service, by its number from 0. */
  public Service service(int number) {
    checkElementIndex(number, size());
    return switch (shape) {
      case Shape.Uniform _ -> plain(number, ImmutableList.of(port("", Protocol.TCP, UNIFORM_PORT)));
      case Shape.Realistic realistic -> realistic(number, realistic.dice(number));
    };
  }

  /** All EndpointSlices of a Service. */
  public ImmutableList<EndpointSlice> slices(int number) {
    return slices(number, pods(number));
  }

  /** All EndpointSlices of a Service that has these pods now. */
  ImmutableList<EndpointSlice> slices(int number, List<Pod> pods) {
    Service service = service(number);
    return service.clusterIps().stream()
        .map(IpAddress::family)
        .flatMap(family -> slices(service, number, family, pods))
        .collect(ImmutableList.toImmutableList());
  }

  /** The pods of a Service at the start. */
  ImmutableList<Pod> pods(int number) {
    return switch (shape) {
      case Shape.Uniform(int _, int endpoints) -> pods(number, endpoints, 0);
      case Shape.Realistic realistic -> {
        SplittableRandom dice = realistic.dice(number).split();
        yield pods(number, endpointsOf(dice), dice.nextInt(100) < 5 ? 30 : 2);
      }
    };
  }

  /**
   * The only EndpointSlice of a Service of a uniform cluster, at a later time.
   *
   * @param generation of each endpoint; one of another generation than before is another pod, and 0
   *     is what there is at the start
   */
  public EndpointSlice slice(int number, int endpoints, IntUnaryOperator generation) {
    return slice(number, endpoints, generation, _ -> true);
  }

  /** The same, with endpoints that may not be ready. */
  public EndpointSlice slice(
      int number, int endpoints, IntUnaryOperator generation, IntPredicate ready) {
    return slice(
        service(number),
        0,
        Family.IPV4,
        IntStream.range(0, endpoints)
            .mapToObj(i ->
                new Pod(
                    i,
                    generation.applyAsInt(i),
                    ready.test(i) ? Pod.Condition.READY : Pod.Condition.NOT_READY))
            .map(pod -> endpoint(number, pod, Family.IPV4))
            .collect(ImmutableList.toImmutableList()));
  }

  /** All objects, and that these are all, in the order in which an API server lists them. */
  public void list(Consumer<ClusterEvent> to) {
    numbers().forEach(it -> to.accept(new ClusterEvent.ServiceApplied(service(it))));
    to.accept(new ClusterEvent.Listed(ClusterEvent.Kind.SERVICES));
    numbers()
        .forEach(
            it -> slices(it).forEach(slice -> to.accept(new ClusterEvent.SliceApplied(slice))));
    to.accept(new ClusterEvent.Listed(ClusterEvent.Kind.ENDPOINT_SLICES));
    to.accept(new ClusterEvent.NodeApplied(node(0)));
    to.accept(new ClusterEvent.Listed(ClusterEvent.Kind.NODES));
  }

  /** One of its nodes. */
  public Node node(int number) {
    return new Node(
        nodeName(number),
        Optional.of("zone-" + number % 3),
        ImmutableList.of(IpAddress.v4(192 << 24 | 168 << 16 | 100 << 8 | (number + 1))),
        ImmutableList.of(),
        true);
  }

  /** node0, node1 and so on, round and round. */
  public static String nodeName(int number) {
    return "node" + number % NODES;
  }

  private Service plain(int number, ImmutableList<Service.Port> ports) {
    return new Service(
        name(number),
        Service.Type.CLUSTER_IP,
        ImmutableList.of(IpAddress.v4(SERVICE_NET + number + 1)),
        ports,
        ImmutableList.of(),
        ImmutableList.of(),
        ImmutableList.of(),
        new Affinity.None(),
        TrafficPolicy.CLUSTER,
        TrafficPolicy.CLUSTER,
        0,
        ImmutableMap.of());
  }

  /** The parts in a hundred are rough figures of clusters that run web applications. */
  private Service realistic(int number, SplittableRandom dice) {
    int kind = dice.nextInt(100);
    Service.Type type =
        kind < 5
            ? Service.Type.LOAD_BALANCER
            : kind < 12 ? Service.Type.NODE_PORT : Service.Type.CLUSTER_IP;
    boolean isLocal = type != Service.Type.CLUSTER_IP && dice.nextInt(100) < 40;
    var clusterIps = ImmutableList.<IpAddress>builder().add(IpAddress.v4(SERVICE_NET + number + 1));
    if (dice.nextInt(100) < 30) {
      clusterIps.add(IpAddress.v6(0xfd00_0096_0000_0000L, number + 1));
    }
    return new Service(
        name(number),
        type,
        clusterIps.build(),
        ports(number, type, dice),
        ImmutableList.of(),
        type == Service.Type.LOAD_BALANCER
            ? ImmutableList.of(
                new LoadBalancerIp(
                    IpAddress.v4(EXTERNAL_NET + number + 1), LoadBalancerIp.Mode.VIP))
            : ImmutableList.of(),
        type == Service.Type.LOAD_BALANCER && dice.nextInt(100) < 20
            ? ImmutableList.of(Cidr.parse("192.168.0.0/16"), Cidr.parse("203.0.113.0/24"))
            : ImmutableList.of(),
        dice.nextInt(100) < 4 ? new Affinity.ClientIp(10_800) : new Affinity.None(),
        isLocal ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER,
        dice.nextInt(100) < 2 ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER,
        0,
        ImmutableMap.of());
  }

  private static ImmutableList<Service.Port> ports(
      int number, Service.Type type, SplittableRandom dice) {
    // Only the first so many Services can have node ports: there are no more.
    int first = type == Service.Type.CLUSTER_IP ? 0 : NODE_PORTS + number * 2;
    boolean fits = first + 1 < NODE_PORTS + NODE_PORT_COUNT;
    int nodePort = fits ? first : 0;
    int second = fits && first != 0 ? first + 1 : 0;
    int kind = dice.nextInt(100);
    if (kind < 3) {
      return ImmutableList.of(
          new Service.Port("dns", Protocol.UDP, 53, nodePort),
          new Service.Port("dns-tcp", Protocol.TCP, 53, second));
    }
    if (kind < 35) {
      return ImmutableList.of(
          new Service.Port("http", Protocol.TCP, 80, nodePort),
          new Service.Port("metrics", Protocol.TCP, 9090, second));
    }
    return ImmutableList.of(new Service.Port("http", Protocol.TCP, 8000 + kind, nodePort));
  }

  private static Service.Port port(String name, Protocol protocol, int port) {
    return new Service.Port(name, protocol, port, 0);
  }

  /** One in ten has none; half of the rest has one or two; one in a hundred has 100 to 500. */
  private static int endpointsOf(SplittableRandom dice) {
    int percent = dice.nextInt(100);
    if (percent < 10) {
      return 0;
    }
    if (percent < 55) {
      return 1 + dice.nextInt(2);
    }
    if (percent < 90) {
      return 3 + dice.nextInt(5);
    }
    return percent < 99 ? 8 + dice.nextInt(40) : 100 + dice.nextInt(401);
  }

  private static ImmutableList<Pod> pods(int number, int count, int unreadyPercent) {
    return IntStream.range(0, count)
        .mapToObj(index -> new Pod(index, 0, condition(number, index, unreadyPercent)))
        .collect(ImmutableList.toImmutableList());
  }

  private static Pod.Condition condition(int number, int index, int unreadyPercent) {
    if (Math.floorMod(31 * number + 17 * index, 100) >= unreadyPercent) {
      return Pod.Condition.READY;
    }
    return index % 2 == 0 ? Pod.Condition.TERMINATING : Pod.Condition.NOT_READY;
  }

  private Stream<EndpointSlice> slices(Service service, int number, Family family, List<Pod> pods) {
    return IntStream.rangeClosed(0, Math.max(0, pods.size() - 1) / SLICE)
        .mapToObj(part ->
            slice(
                service,
                part,
                family,
                pods.stream()
                    .skip((long) part * SLICE)
                    .limit(SLICE)
                    .map(pod -> endpoint(number, pod, family))
                    .collect(ImmutableList.toImmutableList())));
  }

  private static EndpointSlice slice(
      Service service, int part, Family family, ImmutableList<Endpoint> endpoints) {
    String suffix = (family == Family.IPV4 ? "-4" : "-6") + part;
    return new EndpointSlice(
        new ObjectName(service.name().namespace(), service.name().name() + suffix),
        service.name(),
        family,
        service.ports().stream()
            .map(port ->
                new EndpointSlice.Port(
                    port.name(), port.protocol(), TARGET_PORT + service.ports().indexOf(port)))
            .collect(ImmutableList.toImmutableList()),
        endpoints);
  }

  private Endpoint endpoint(int number, Pod pod, Family family) {
    IpAddress address = address(number, pod);
    return new Endpoint(
        switch (family) {
          case IPV4 -> address;
          case IPV6 -> IpAddress.v6(0xfd00_0244_0000_0000L, address.lo());
        },
        Optional.of(nodeName(number + pod.index())),
        pod.is(Pod.Condition.READY),
        !pod.is(Pod.Condition.NOT_READY),
        pod.is(Pod.Condition.TERMINATING),
        ImmutableSet.of(),
        ImmutableSet.of());
  }

  /**
   * Pods of a uniform cluster lie side by side, those of a realistic one in rooms of 512 that later
   * Services share: as real pods, they may serve more than one. Generations are far apart.
   */
  private IpAddress address(int number, Pod pod) {
    int room =
        switch (shape) {
          case Shape.Uniform(int _, int endpoints) -> endpoints;
          case Shape.Realistic _ -> 512;
        };
    long place = (long) number * room + pod.index() + pod.generation() * 1_500_007L;
    return IpAddress.v4(POD_NET + (int) Math.floorMod(place, (long) PODS));
  }
}
