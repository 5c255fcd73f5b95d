package io.fairlead.core.reconcile;

import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Which endpoints serve one Service port in one family, by the words of sections 1.5 and 1.6.
 *
 * @param cluster for traffic that may go to any node
 * @param local for traffic that must stay on this node
 * @param any whether there is an endpoint anywhere that could serve
 * @param hairpins this node's endpoints, in any state
 */
record ReferenceLists(
    Set<RealServer> cluster, Set<RealServer> local, boolean any, Set<RealServer> hairpins) {

  private record Server(RealServer at, EndpointSlice.Endpoint endpoint, String node) {
    boolean isLocal() {
      return endpoint.nodeName().equals(Optional.of(node));
    }

    boolean isReady() {
      return endpoint.ready();
    }

    boolean isLastResort() {
      return endpoint.serving() && endpoint.terminating();
    }
  }

  static ReferenceLists of(
      Collection<EndpointSlice> slices,
      Service service,
      Service.Port port,
      Family family,
      String node,
      Optional<String> zone) {
    List<Server> all = servers(slices, service.name(), port.name(), port.protocol(), family, node);
    boolean any = all.stream().anyMatch(s -> s.isReady() || s.isLastResort());
    return new ReferenceLists(
        at(cluster(all, node, zone)),
        at(local(all)),
        any,
        at(all.stream().filter(Server::isLocal).toList()));
  }

  /** Section 5.4: the addresses of ready endpoints of this node, by whatever port. */
  static Set<IpAddress> readyHere(
      Collection<EndpointSlice> slices, ObjectName service, Family family, String node) {
    Set<IpAddress> ready = new TreeSet<>();
    for (EndpointSlice slice : slices) {
      for (EndpointSlice.Port port : slice.ports()) {
        servers(slices, service, port.name(), port.protocol(), family, node).stream()
            .filter(server -> server.isLocal() && server.isReady())
            .forEach(server -> ready.add(server.at.address()));
      }
    }
    return ready;
  }

  /** The list of a way that the policy is about. */
  Set<RealServer> by(TrafficPolicy policy) {
    return policy == TrafficPolicy.LOCAL ? local : cluster;
  }

  private static List<Server> cluster(List<Server> all, String node, Optional<String> zone) {
    List<Server> ready = all.stream().filter(Server::isReady).toList();
    if (ready.isEmpty()) {
      return all.stream().filter(Server::isLastResort).toList();
    }
    if (ready.stream().allMatch(s -> !s.endpoint.nodeHints().isEmpty())) {
      List<Server> near = only(ready, s -> s.endpoint.nodeHints().contains(node));
      if (!near.isEmpty()) {
        return near;
      }
    }
    if (zone.isPresent() && ready.stream().allMatch(s -> !s.endpoint.zoneHints().isEmpty())) {
      List<Server> near = only(ready, s -> s.endpoint.zoneHints().contains(zone.get()));
      if (!near.isEmpty()) {
        return near;
      }
    }
    return ready;
  }

  private static List<Server> local(List<Server> all) {
    List<Server> ready = only(all, s -> s.isLocal() && s.isReady());
    return ready.isEmpty() ? only(all, s -> s.isLocal() && s.isLastResort()) : ready;
  }

  /** All slices of the Service and family, each address and port once, the living one first. */
  private static List<Server> servers(
      Collection<EndpointSlice> slices,
      ObjectName service,
      String port,
      Protocol protocol,
      Family family,
      String node) {
    Map<RealServer, Server> found = new TreeMap<>();
    for (EndpointSlice slice : slices) {
      for (EndpointSlice.Port slicePort : slice.ports()) {
        if (slice.service().equals(service)
            && slice.family() == family
            && slicePort.name().equals(port)
            && slicePort.protocol() == protocol) {
          for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
            var at = new RealServer(endpoint.address(), slicePort.port());
            if (!found.containsKey(at) || !endpoint.terminating()) {
              found.put(at, new Server(at, endpoint, node));
            }
          }
        }
      }
    }
    return List.copyOf(found.values());
  }

  private static List<Server> only(List<Server> servers, Predicate<Server> wanted) {
    return servers.stream().filter(wanted).toList();
  }

  private static Set<RealServer> at(List<Server> servers) {
    Set<RealServer> at = new TreeSet<>();
    servers.forEach(server -> at.add(server.at));
    return at;
  }
}
