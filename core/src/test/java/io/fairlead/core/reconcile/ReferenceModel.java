package io.fairlead.core.reconcile;

import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.cluster.TestObjects;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.NodePortAddresses.Choice;
import io.fairlead.core.plan.PlannerSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the kernel should hold for a cluster: slow, from scratch, and by the words of the
 * specification alone. It shares no code with the planner, so that both are wrong only by agreeing.
 *
 * <p>A virtual server that goes by mark is known by what it is for; its number is the allocator's
 * business.
 */
public final class ReferenceModel {
  /** What a mark is for: the local endpoints of one Service port in one family. */
  public record Split(ObjectName service, String port, Protocol protocol, Family family) {}

  /** One virtual server, and for whom it is. */
  public record Row(ObjectName owner, VirtualServerOptions options, Set<RealServer> realServers) {}

  /** What is to be on kube-ipvs0. */
  public final Set<IpAddress> bound = new HashSet<>();

  /** All set elements but those that hold a mark. */
  public final Set<SetElement> elements = new HashSet<>();

  /** What is reached by address, protocol and port. */
  public final TreeMap<Addressed, Row> addressed = new TreeMap<>();

  /** What is reached by mark. */
  public final Map<Split, Row> marked = new HashMap<>();

  /** Where packets from outside get a mark. */
  public final Map<Addressed, Split> localOnly = new HashMap<>();

  /** How many endpoints a load balancer is told of, by Service. */
  public final Map<ObjectName, Integer> healthChecks = new TreeMap<>();

  /** The split that an address's packets from outside may go by, used or not. */
  private final Map<Addressed, Split> splits = new HashMap<>();

  private final Map<Split, ReferenceLists> lists = new HashMap<>();
  private final RandomCluster cluster;
  private final PlannerSettings settings;
  private final Set<IpAddress> nodePortAddresses = new LinkedHashSet<>();

  private ReferenceModel(RandomCluster cluster, PlannerSettings settings) {
    this.cluster = cluster;
    this.settings = settings;
    cluster.devices.stream().filter(this::servesNodePorts).forEach(nodePortAddresses::add);
  }

  public static ReferenceModel of(RandomCluster cluster, PlannerSettings settings) {
    var model = new ReferenceModel(cluster, settings);
    List<Way> ways = new ArrayList<>();
    for (Service service : new TreeMap<>(cluster.services).values()) {
      model.addWays(service, ways);
      model.addHairpins(service);
      model.addHealthCheck(service);
    }
    // ClusterIPs first, then external addresses, then node ports; each in the order of names.
    for (Way.Kind kind : Way.Kind.values()) {
      ways.stream().filter(way -> way.kind == kind).forEach(model::add);
    }
    return model;
  }

  /** One address and port by which a Service is reached. */
  private record Way(Service service, Service.Port port, Kind kind, IpAddress address, int number) {
    private enum Kind {
      CLUSTER_IP,
      EXTERNAL,
      NODE
    }

    Addressed key() {
      return new Addressed(address, number, port.protocol());
    }

    Split split() {
      return new Split(service.name(), port.name(), port.protocol(), address.family());
    }

    SetElement in(ServicePort.Set set) {
      return new ServicePort(set, address, port.protocol(), number);
    }
  }

  private void addWays(Service service, List<Way> ways) {
    if (service.type() == Service.Type.EXTERNAL_NAME) {
      return;
    }
    for (Service.Port port : service.ports()) {
      for (Family family : families(service)) {
        service.clusterIps().stream()
            .filter(ip -> ip.family() == family)
            .forEach(ip -> ways.add(new Way(service, port, Way.Kind.CLUSTER_IP, ip, port.port())));
        List<Way> external = new ArrayList<>();
        externals(service, family)
            .forEach(
                ip -> external.add(new Way(service, port, Way.Kind.EXTERNAL, ip, port.port())));
        nodePortAddresses.stream()
            .filter(ip -> ip.family() == family && port.nodePort() != 0)
            .forEach(
                ip -> external.add(new Way(service, port, Way.Kind.NODE, ip, port.nodePort())));
        if (service.externalTrafficPolicy() == TrafficPolicy.LOCAL && !external.isEmpty()) {
          addMarked(external.getFirst());
        }
        ways.addAll(external);
      }
    }
  }

  private void addMarked(Way way) {
    Family family = way.address.family();
    VirtualServerOptions options =
        way.service.affinity() instanceof Service.Affinity.ClientIp
            ? new VirtualServerOptions("mh", 8, 0, family.bits())
            : options(way.service, family);
    Set<RealServer> local = lists(way).local();
    if (!local.isEmpty()) {
      marked.put(way.split(), new Row(way.service.name(), options, local));
    }
  }

  private void add(Way way) {
    if (addressed.containsKey(way.key())) {
      return;
    }
    ReferenceLists lists = lists(way);
    Set<RealServer> servers =
        way.kind == Way.Kind.CLUSTER_IP
            ? lists.by(way.service.internalTrafficPolicy())
            : lists.cluster();
    addressed.put(
        way.key(),
        new Row(way.service.name(), options(way.service, way.address.family()), servers));
    elements.add(way.in(ServicePort.Set.SERVICES));
    if (!lists.any()) {
      elements.add(way.in(ServicePort.Set.NO_ENDPOINTS));
    }
    switch (way.kind) {
      case CLUSTER_IP -> addInternal(way, lists);
      case EXTERNAL, NODE -> addExternal(way, lists);
    }
    if (isBound(way)) {
      bound.add(way.address);
      if (!cluster.devices.contains(way.address)) {
        elements.add(new SetElement.Vip(way.address));
      }
    }
  }

  private void addInternal(Way way, ReferenceLists lists) {
    elements.add(way.in(ServicePort.Set.CLUSTER_IPS));
    if (lists.any() && lists.by(way.service.internalTrafficPolicy()).isEmpty()) {
      elements.add(way.in(ServicePort.Set.NO_LOCAL));
    }
  }

  private void addExternal(Way way, ReferenceLists lists) {
    if (way.service.externalTrafficPolicy() == TrafficPolicy.CLUSTER) {
      elements.add(way.in(ServicePort.Set.MASQUERADE));
    } else {
      splits.put(way.key(), way.split());
      if (!lists.local().isEmpty()) {
        localOnly.put(way.key(), way.split());
      } else if (lists.any() && settings.podsKnown().contains(way.address.family())) {
        elements.add(way.in(ServicePort.Set.NO_LOCAL_EXTERNAL));
      }
    }
    if (way.kind == Way.Kind.EXTERNAL && vips(way.service).contains(way.address)) {
      addSources(way);
      if (hasHealthCheck(way.service)) {
        int port = way.service.healthCheckNodePort();
        elements.add(new ServicePort(ServicePort.Set.SERVICES, way.address, Protocol.TCP, port));
      }
    }
  }

  /** loadBalancerSourceRanges, for the VIPs of load balancers only. */
  private void addSources(Way way) {
    List<Cidr> ranges =
        way.service.sourceRanges().stream()
            .filter(range -> range.family() == way.address.family())
            .distinct()
            .toList();
    if (ranges.isEmpty()) {
      return;
    }
    elements.add(way.in(ServicePort.Set.LIMITED));
    for (Cidr range : ranges) {
      boolean isWithin =
          ranges.stream().anyMatch(it -> it.prefix() < range.prefix() && it.contains(range.base()));
      if (!isWithin) {
        addAllowed(way, range);
      }
    }
    // The node's own packets to the VIP have the VIP itself as source.
    boolean nodeMay =
        cluster.ownAddresses.stream()
            .anyMatch(own -> ranges.stream().anyMatch(r -> r.contains(own)));
    if (nodeMay && ranges.stream().noneMatch(range -> range.contains(way.address))) {
      addAllowed(way, new Cidr(way.address, way.address.family().bits()));
    }
  }

  private void addAllowed(Way way, Cidr sources) {
    elements.add(new SetElement.Allowed(way.address, way.port.protocol(), way.number, sources));
  }

  private void addHairpins(Service service) {
    if (service.type() == Service.Type.EXTERNAL_NAME) {
      return;
    }
    for (Service.Port port : service.ports()) {
      for (Family family : families(service)) {
        for (RealServer at : lists(service, port, family).hairpins()) {
          elements.add(new SetElement.Hairpin(at.address(), port.protocol(), at.port()));
        }
      }
    }
  }

  private void addHealthCheck(Service service) {
    if (hasHealthCheck(service)) {
      int most = 0;
      for (Family family : families(service)) {
        Set<IpAddress> ready =
            ReferenceLists.readyHere(inOrder(), service.name(), family, TestObjects.NODE);
        most = Math.max(most, ready.size());
      }
      healthChecks.put(service.name(), most);
    }
  }

  private boolean isBound(Way way) {
    return switch (way.kind) {
      case CLUSTER_IP -> true;
      case EXTERNAL -> !cluster.devices.contains(way.address);
      case NODE -> false;
    };
  }

  private static boolean hasHealthCheck(Service service) {
    return service.type() == Service.Type.LOAD_BALANCER
        && service.externalTrafficPolicy() == TrafficPolicy.LOCAL
        && service.healthCheckNodePort() != 0;
  }

  /** Those of its ClusterIPs; both for a manifest without any. */
  private Set<Family> families(Service service) {
    Set<Family> families = new HashSet<>();
    service.clusterIps().forEach(ip -> families.add(ip.family()));
    if (families.isEmpty()) {
      families.addAll(List.of(Family.values()));
    }
    families.retainAll(settings.families());
    return families;
  }

  /** externalIPs and VIPs of a family, without those that nobody or another Node may have. */
  private Set<IpAddress> externals(Service service, Family family) {
    Set<IpAddress> all = new LinkedHashSet<>(service.externalIps());
    all.addAll(vips(service));
    all.removeIf(ip ->
        ip.family() != family
            || ip.isLoopback()
            || ip.isUnspecified()
            || ip.isLinkLocal()
            || ip.isMulticast()
            || isOfAnotherNode(ip));
    return all;
  }

  private boolean isOfAnotherNode(IpAddress ip) {
    return !cluster.ownAddresses.contains(ip)
        && cluster.otherNodes.values().stream().anyMatch(node -> node.addresses().contains(ip));
  }

  private static Set<IpAddress> vips(Service service) {
    Set<IpAddress> vips = new LinkedHashSet<>();
    service.loadBalancerIps().stream()
        .filter(ingress -> ingress.mode() == Service.LoadBalancerIp.Mode.VIP)
        .forEach(ingress -> vips.add(ingress.address()));
    return vips;
  }

  /** Section 2.3. */
  private boolean servesNodePorts(IpAddress address) {
    List<Choice> about =
        settings.nodePortAddresses().choices().stream()
            .filter(it -> !(it instanceof Choice.Range(Cidr r)) || r.family() == address.family())
            .toList();
    Optional<IpAddress> primary =
        cluster.ownAddresses.stream().filter(it -> it.family() == address.family()).findFirst();
    return about.isEmpty()
        || about.contains(new Choice.All())
        || (about.contains(new Choice.Primary()) && primary.equals(Optional.of(address)))
        || about.stream().anyMatch(it -> it instanceof Choice.Range(Cidr r) && r.contains(address));
  }

  private VirtualServerOptions options(Service service, Family family) {
    String asked = annotation(service, "fairlead.io/scheduler", "kube-router.io/service.scheduler");
    String scheduler = asked.isEmpty() ? settings.scheduler() : asked;
    int flags =
        switch (scheduler) {
          case "mh" -> 0x18; // mh-fallback and mh-port
          case "sh" -> 0x8; // sh-fallback
          default -> 0;
        };
    String named =
        annotation(service, "fairlead.io/scheduler-flags", "kube-router.io/service.schedflags");
    if (!named.isEmpty()) {
      flags = named.contains("port") || named.contains("flag-2") ? 0x10 : 0;
      flags |= named.contains("fallback") || named.contains("flag-1") ? 0x8 : 0;
    }
    return service.affinity() instanceof Service.Affinity.ClientIp(int seconds)
        ? new VirtualServerOptions(scheduler, flags | 0x1, seconds, family.bits())
        : new VirtualServerOptions(scheduler, flags, 0, family.bits());
  }

  /** Fairlead's own before kube-router's; one that is wrong is as if it were absent. */
  private static String annotation(Service service, String first, String second) {
    String value =
        Optional.ofNullable(service.annotations().get(first))
            .or(() -> Optional.ofNullable(service.annotations().get(second)))
            .orElse("");
    return value.startsWith("!") ? "" : value;
  }

  private ReferenceLists lists(Way way) {
    return lists(way.service, way.port, way.address.family());
  }

  private ReferenceLists lists(Service service, Service.Port port, Family family) {
    var split = new Split(service.name(), port.name(), port.protocol(), family);
    return lists.computeIfAbsent(
        split,
        _ -> ReferenceLists.of(inOrder(), service, port, family, TestObjects.NODE, cluster.zone()));
  }

  private Collection<EndpointSlice> inOrder() {
    return new TreeMap<>(cluster.slices).values();
  }

  /** The real servers that packets to an address may reach, whichever virtual server takes them. */
  public Set<RealServer> reachable(Addressed key) {
    Set<RealServer> all = new HashSet<>();
    Optional.ofNullable(addressed.get(key)).ifPresent(row -> all.addAll(row.realServers()));
    Optional.ofNullable(splits.get(key))
        .flatMap(split -> Optional.ofNullable(marked.get(split)))
        .ifPresent(row -> all.addAll(row.realServers()));
    return all;
  }
}
