package io.fairlead.lab.proxier;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.EndpointSlice.Endpoint;
import io.fairlead.core.cluster.Node;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.LoadBalancerIp;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Pod;
import java.util.Optional;
import java.util.stream.Stream;

/** Services and EndpointSlices as tests need them. */
final class Objects {
  static final int PORT = 80;
  static final int TARGET_PORT = 8080;

  private Objects() {}

  /** A Service of one port, 80, in TCP, UDP and SCTP. */
  static Service service(String name, String... clusterIps) {
    return new Service(
        new ObjectName("default", name),
        Service.Type.CLUSTER_IP,
        addresses(clusterIps),
        Stream.of(Protocol.values())
            .map(protocol -> new Service.Port(protocol.name(), protocol, PORT, 0))
            .collect(ImmutableList.toImmutableList()),
        ImmutableList.of(),
        ImmutableList.of(),
        ImmutableList.of(),
        new Service.Affinity.None(),
        TrafficPolicy.CLUSTER,
        TrafficPolicy.CLUSTER,
        0,
        ImmutableMap.of());
  }

  static Service withExternalIps(Service service, String... addresses) {
    return copy(service, addresses(addresses), service.loadBalancerIps(), service.affinity());
  }

  static Service withLoadBalancerIps(Service service, String... addresses) {
    return copy(
        service,
        service.externalIps(),
        addresses(addresses).stream()
            .map(address -> new LoadBalancerIp(address, LoadBalancerIp.Mode.VIP))
            .collect(ImmutableList.toImmutableList()),
        service.affinity());
  }

  static Service withClientAffinity(Service service, int seconds) {
    return copy(
        service,
        service.externalIps(),
        service.loadBalancerIps(),
        new Service.Affinity.ClientIp(seconds));
  }

  /** The same without its ports in other protocols. */
  static Service tcpOnly(Service service) {
    return new Service(
        service.name(),
        service.type(),
        service.clusterIps(),
        ImmutableList.of(new Service.Port(Protocol.TCP.name(), Protocol.TCP, PORT, 0)),
        service.externalIps(),
        service.loadBalancerIps(),
        service.sourceRanges(),
        service.affinity(),
        service.externalTrafficPolicy(),
        service.internalTrafficPolicy(),
        service.healthCheckNodePort(),
        service.annotations());
  }

  /** The Node object of a node, which has its pods' ranges, too. */
  static Node node(io.fairlead.lab.rig.Node node) {
    return new Node(
        node.name(),
        Optional.of("a"),
        ImmutableList.of(node.v4(), node.v6()),
        ImmutableList.of(node.podCidr4(), node.podCidr6()),
        true);
  }

  /** The ready pods of a Service, in one family, on the node of that name. */
  static EndpointSlice slice(Service service, Family family, String node, Pod... pods) {
    return new EndpointSlice(
        new ObjectName(
            "default",
            service.name().name() + "-" + family.label().toLowerCase(java.util.Locale.ROOT)),
        service.name(),
        family,
        Stream.of(Protocol.values())
            .map(protocol -> new EndpointSlice.Port(protocol.name(), protocol, TARGET_PORT))
            .collect(ImmutableList.toImmutableList()),
        Stream.of(pods)
            .map(pod -> ready(pod.addresses().of(family), node))
            .collect(ImmutableList.toImmutableList()));
  }

  private static Endpoint ready(IpAddress address, String node) {
    return new Endpoint(
        address, Optional.of(node), true, true, false, ImmutableSet.of(), ImmutableSet.of());
  }

  private static Service copy(
      Service service,
      ImmutableList<IpAddress> externalIps,
      ImmutableList<LoadBalancerIp> loadBalancerIps,
      Service.Affinity affinity) {
    return new Service(
        service.name(),
        service.type(),
        service.clusterIps(),
        service.ports(),
        externalIps,
        loadBalancerIps,
        service.sourceRanges(),
        affinity,
        service.externalTrafficPolicy(),
        service.internalTrafficPolicy(),
        service.healthCheckNodePort(),
        service.annotations());
  }

  private static ImmutableList<IpAddress> addresses(String... addresses) {
    return Stream.of(addresses).map(IpAddress::parse).collect(ImmutableList.toImmutableList());
  }
}
