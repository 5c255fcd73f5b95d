package io.fairlead.lab.proxier;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.LoadBalancerIp;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A Service in the words of its manifest, field by field; port 80 in TCP, UDP and SCTP at first.
 */
final class ServiceDraft {
  private final ObjectName name;
  private Service.Type type = Service.Type.CLUSTER_IP;
  private ImmutableList<IpAddress> clusterIps;
  private ImmutableList<Service.Port> ports =
      Stream.of(Protocol.values())
          .map(protocol -> new Service.Port(protocol.name(), protocol, Objects.PORT, 0))
          .collect(ImmutableList.toImmutableList());
  private ImmutableList<IpAddress> externalIps = ImmutableList.of();
  private ImmutableList<LoadBalancerIp> ingress = ImmutableList.of();
  private ImmutableList<Cidr> sourceRanges = ImmutableList.of();
  private Service.Affinity affinity = new Service.Affinity.None();
  private TrafficPolicy external = TrafficPolicy.CLUSTER;
  private TrafficPolicy internal = TrafficPolicy.CLUSTER;
  private int healthCheckNodePort;
  private ImmutableMap<String, String> annotations = ImmutableMap.of();

  private ServiceDraft(String name, ImmutableList<IpAddress> clusterIps) {
    this.name = new ObjectName("default", name);
    this.clusterIps = clusterIps;
  }

  static ServiceDraft of(String name, String... clusterIps) {
    return new ServiceDraft(name, each(clusterIps, IpAddress::parse));
  }

  ServiceDraft type(Service.Type changed) {
    type = changed;
    return this;
  }

  /** Without a ClusterIP a Service is headless, or not of the cluster at all. */
  ServiceDraft clusterIps(String... changed) {
    clusterIps = each(changed, IpAddress::parse);
    return this;
  }

  /** Only these protocols, each with this node port if it is not 0. */
  ServiceDraft ports(int nodePort, Protocol... protocols) {
    ports =
        Arrays.stream(protocols)
            .map(protocol -> new Service.Port(protocol.name(), protocol, Objects.PORT, nodePort))
            .collect(ImmutableList.toImmutableList());
    return this;
  }

  ServiceDraft externalIps(String... changed) {
    externalIps = each(changed, IpAddress::parse);
    return this;
  }

  ServiceDraft loadBalancer(LoadBalancerIp.Mode mode, String... changed) {
    type = Service.Type.LOAD_BALANCER;
    ingress = each(changed, ip -> new LoadBalancerIp(IpAddress.parse(ip), mode));
    return this;
  }

  ServiceDraft loadBalancer(String... changed) {
    return loadBalancer(LoadBalancerIp.Mode.VIP, changed);
  }

  ServiceDraft sourceRanges(String... changed) {
    sourceRanges = each(changed, Cidr::parse);
    return this;
  }

  ServiceDraft affinity(int seconds) {
    affinity = new Service.Affinity.ClientIp(seconds);
    return this;
  }

  ServiceDraft externalLocal() {
    external = TrafficPolicy.LOCAL;
    return this;
  }

  ServiceDraft internalLocal() {
    internal = TrafficPolicy.LOCAL;
    return this;
  }

  ServiceDraft healthCheckNodePort(int port) {
    healthCheckNodePort = port;
    return this;
  }

  ServiceDraft annotation(String key, String value) {
    annotations = ImmutableMap.of(key, value);
    return this;
  }

  Service service() {
    return new Service(
        name,
        type,
        clusterIps,
        ports,
        externalIps,
        ingress,
        sourceRanges,
        affinity,
        external,
        internal,
        healthCheckNodePort,
        annotations);
  }

  private static <T> ImmutableList<T> each(String[] texts, Function<String, T> reader) {
    return Arrays.stream(texts).map(reader).collect(ImmutableList.toImmutableList());
  }
}
