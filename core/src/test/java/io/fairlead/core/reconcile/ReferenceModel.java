package io.fairlead.core.reconcile;

import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.TestObjects;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the kernel should hold for a cluster: slow, from scratch, and by the words of the
 * specification alone. It shares no code with the planner, so that both are wrong only by agreeing.
 */
final class ReferenceModel {
  /** One virtual server, and for whom it is. */
  record Row(ObjectName owner, VirtualServerOptions options, Set<RealServer> realServers) {}

  final TreeMap<VirtualServerKey, Row> virtualServers = new TreeMap<>();
  final Set<IpAddress> bound = new HashSet<>();
  final Set<SetElement> elements = new HashSet<>();

  private final List<EndpointSlice> slices;
  private final Optional<String> zone;
  private final Set<VirtualServerKey> clusterIpKeys = new HashSet<>();

  private ReferenceModel(List<EndpointSlice> slices, Optional<String> zone) {
    this.slices = slices;
    this.zone = zone;
  }

  static ReferenceModel of(
      Map<ObjectName, Service> services,
      Map<ObjectName, EndpointSlice> slices,
      Optional<String> zone,
      Set<IpAddress> nodeAddresses) {
    var model = new ReferenceModel(List.copyOf(new TreeMap<>(slices).values()), zone);
    // ClusterIPs first, then external addresses; each in the order of names; the first one wins.
    List<Service> inOrder = List.copyOf(new TreeMap<>(services).values());
    inOrder.forEach(service -> model.addClusterIps(service));
    inOrder.forEach(service -> model.addExternals(service));
    inOrder.forEach(service -> model.addHairpins(service));
    model.addAddresses(nodeAddresses);
    return model;
  }

  private void addClusterIps(Service service) {
    for (Service.Port port : portsOf(service)) {
      for (IpAddress ip : service.clusterIps()) {
        List<Server> servers =
            service.internalTrafficPolicy() == Service.TrafficPolicy.LOCAL
                ? localOrCluster(service, port, ip.family())
                : cluster(service, port, ip.family());
        if (add(service, port, ip, servers)) {
          clusterIpKeys.add(key(ip, port));
          elements.add(element(ServicePort.Set.CLUSTER_IPS, ip, port));
        }
      }
    }
  }

  private void addExternals(Service service) {
    boolean local = service.externalTrafficPolicy() == Service.TrafficPolicy.LOCAL;
    for (Service.Port port : portsOf(service)) {
      for (Family family : Family.values()) {
        for (IpAddress ip : externals(service, family)) {
          List<Server> servers =
              local ? localOrCluster(service, port, family) : cluster(service, port, family);
          if (isUsable(ip) && add(service, port, ip, servers) && !local) {
            elements.add(element(ServicePort.Set.MASQUERADE, ip, port));
          }
        }
      }
    }
  }

  private void addHairpins(Service service) {
    for (Service.Port port : portsOf(service)) {
      for (Family family : families(service)) {
        for (Server server : servers(service, port, family)) {
          if (server.isLocal()) {
            elements.add(
                new SetElement.Hairpin(server.endpoint.address(), port.protocol(), server.port));
          }
        }
      }
    }
  }

  private void addAddresses(Set<IpAddress> nodeAddresses) {
    for (VirtualServerKey key : virtualServers.keySet()) {
      IpAddress ip = ((VirtualServerKey.Addressed) key).address();
      if (clusterIpKeys.contains(key) || !nodeAddresses.contains(ip)) {
        bound.add(ip);
      }
      if (!nodeAddresses.contains(ip)) {
        elements.add(new SetElement.Vip(ip));
      }
    }
  }

  private boolean add(Service service, Service.Port port, IpAddress ip, List<Server> servers) {
    if (virtualServers.containsKey(key(ip, port))) {
      return false;
    }
    Set<RealServer> real = new TreeSet<>();
    servers.forEach(s -> real.add(new RealServer(s.endpoint.address(), s.port)));
    virtualServers.put(key(ip, port), new Row(service.name(), options(service, ip), real));
    elements.add(element(ServicePort.Set.SERVICES, ip, port));
    if (servers.isEmpty()) {
      elements.add(element(ServicePort.Set.NO_ENDPOINTS, ip, port));
    }
    return true;
  }

  private static VirtualServerOptions options(Service service, IpAddress ip) {
    int bits = ip.family() == Family.IPV4 ? 32 : 128;
    return service.affinity() instanceof Service.Affinity.ClientIp(int seconds)
        ? new VirtualServerOptions("rr", 1, seconds, bits)
        : new VirtualServerOptions("rr", 0, 0, bits);
  }

  private static List<Service.Port> portsOf(Service service) {
    return service.type() == Service.Type.EXTERNAL_NAME ? List.of() : service.ports();
  }

  /** Those of its ClusterIPs; both for a manifest without any. */
  private static Set<Family> families(Service service) {
    Set<Family> families = EnumSet.noneOf(Family.class);
    service.clusterIps().forEach(ip -> families.add(ip.family()));
    return families.isEmpty() ? EnumSet.allOf(Family.class) : families;
  }

  /** externalIPs and VIP ingresses of a family that the Service is served in. */
  private static List<IpAddress> externals(Service service, Family family) {
    List<IpAddress> all = new ArrayList<>();
    if (families(service).contains(family)) {
      all.addAll(service.externalIps());
      service.loadBalancerIps().stream()
          .filter(ip -> ip.mode() == Service.LoadBalancerIp.Mode.VIP)
          .forEach(ip -> all.add(ip.address()));
      all.removeIf(ip -> ip.family() != family);
    }
    return all;
  }

  private static boolean isUsable(IpAddress ip) {
    return !ip.isLoopback() && !ip.isUnspecified() && !ip.isLinkLocal() && !ip.isMulticast();
  }

  // ---- section 1.6

  private record Server(EndpointSlice.Endpoint endpoint, int port) {
    boolean isLocal() {
      return endpoint.nodeName().equals(Optional.of(TestObjects.NODE));
    }

    boolean isReady() {
      return endpoint.ready();
    }

    boolean isLastResort() {
      return endpoint.serving() && endpoint.terminating();
    }
  }

  private List<Server> cluster(Service service, Service.Port port, Family family) {
    boolean external = port.nodePort() != 0 || !externals(service, family).isEmpty();
    if (service.internalTrafficPolicy() == Service.TrafficPolicy.LOCAL && !external) {
      return List.of(); // usesClusterEndpoints is false: there is no cluster list
    }
    List<Server> all = servers(service, port, family);
    List<Server> ready = all.stream().filter(Server::isReady).toList();
    if (ready.isEmpty()) {
      return all.stream().filter(Server::isLastResort).toList();
    }
    if (ready.stream().allMatch(s -> !s.endpoint.nodeHints().isEmpty())) {
      List<Server> near =
          ready.stream().filter(s -> s.endpoint.nodeHints().contains(TestObjects.NODE)).toList();
      if (!near.isEmpty()) {
        return near;
      }
    }
    if (ready.stream().allMatch(s -> !s.endpoint.zoneHints().isEmpty()) && zone.isPresent()) {
      List<Server> near =
          ready.stream().filter(s -> s.endpoint.zoneHints().contains(zone.get())).toList();
      if (!near.isEmpty()) {
        return near;
      }
    }
    return ready;
  }

  private List<Server> localOrCluster(Service service, Service.Port port, Family family) {
    List<Server> local = servers(service, port, family).stream().filter(Server::isLocal).toList();
    List<Server> ready = local.stream().filter(Server::isReady).toList();
    List<Server> last = local.stream().filter(Server::isLastResort).toList();
    if (!ready.isEmpty()) {
      return ready;
    }
    return last.isEmpty() ? cluster(service, port, family) : last;
  }

  /** Section 1.5: all slices of the Service and family, each address and port once. */
  private List<Server> servers(Service service, Service.Port port, Family family) {
    Map<RealServer, Server> found = new TreeMap<>();
    for (EndpointSlice slice : slices) {
      for (EndpointSlice.Port slicePort : slice.ports()) {
        if (slice.service().equals(service.name())
            && slice.family() == family
            && slicePort.name().equals(port.name())
            && slicePort.protocol() == port.protocol()) {
          for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
            var at = new RealServer(endpoint.address(), slicePort.port());
            if (!found.containsKey(at) || !endpoint.terminating()) {
              found.put(at, new Server(endpoint, slicePort.port()));
            }
          }
        }
      }
    }
    return List.copyOf(found.values());
  }

  private static VirtualServerKey key(IpAddress ip, Service.Port port) {
    return new VirtualServerKey.Addressed(ip, port.port(), port.protocol());
  }

  private static SetElement element(ServicePort.Set set, IpAddress ip, Service.Port port) {
    Protocol protocol = port.protocol();
    return new ServicePort(set, ip, protocol, port.port());
  }
}
