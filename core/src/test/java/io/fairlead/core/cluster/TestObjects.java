package io.fairlead.core.cluster;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.EndpointSlice.Endpoint;
import io.fairlead.core.cluster.Service.Affinity;
import io.fairlead.core.cluster.Service.LoadBalancerIp;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Cluster objects in few words, for tests. The own node is {@value #NODE}. */
public final class TestObjects {
  public static final String NODE = "here";
  public static final String OTHER_NODE = "there";

  private TestObjects() {}

  public static ObjectName name(String name) {
    return new ObjectName("default", name);
  }

  public static IpAddress ip(String text) {
    return IpAddress.parse(text);
  }

  public static Service.Port tcp(String name, int port) {
    return new Service.Port(name, Protocol.TCP, port, 0);
  }

  public static Service.Port udp(String name, int port) {
    return new Service.Port(name, Protocol.UDP, port, 0);
  }

  public static Node node(String zone) {
    return new Node(NODE, Optional.of(zone), ImmutableList.of(), ImmutableList.of(), true);
  }

  /** A Service of type ClusterIP; the methods of this record make variants of it. */
  public record ServiceDraft(Service service) {
    public static ServiceDraft service(String name, String clusterIp, Service.Port... ports) {
      return new ServiceDraft(
          new Service(
              name(name),
              Service.Type.CLUSTER_IP,
              clusterIp.isEmpty() ? ImmutableList.of() : addresses(clusterIp.split(",")),
              ImmutableList.copyOf(ports),
              ImmutableList.of(),
              ImmutableList.of(),
              ImmutableList.of(),
              new Affinity.None(),
              TrafficPolicy.CLUSTER,
              TrafficPolicy.CLUSTER,
              0,
              ImmutableMap.of()));
    }

    public ServiceDraft type(Service.Type type) {
      return with(type, service.externalIps(), service.loadBalancerIps(), service.affinity());
    }

    public ServiceDraft externalIps(String... ips) {
      return with(service.type(), addresses(ips), service.loadBalancerIps(), service.affinity());
    }

    public ServiceDraft loadBalancerIps(LoadBalancerIp.Mode mode, String... ips) {
      ImmutableList<LoadBalancerIp> ingress =
          Arrays.stream(ips)
              .map(ip -> new LoadBalancerIp(ip(ip), mode))
              .collect(ImmutableList.toImmutableList());
      return with(Service.Type.LOAD_BALANCER, service.externalIps(), ingress, service.affinity());
    }

    public ServiceDraft affinity(int seconds) {
      return with(
          service.type(),
          service.externalIps(),
          service.loadBalancerIps(),
          new Affinity.ClientIp(seconds));
    }

    public ServiceDraft externalLocal() {
      return policies(TrafficPolicy.LOCAL, service.internalTrafficPolicy());
    }

    public ServiceDraft internalLocal() {
      return policies(service.externalTrafficPolicy(), TrafficPolicy.LOCAL);
    }

    public ServiceDraft sourceRanges(String... ranges) {
      return new ServiceDraft(
          new Service(
              service.name(),
              service.type(),
              service.clusterIps(),
              service.ports(),
              service.externalIps(),
              service.loadBalancerIps(),
              Arrays.stream(ranges).map(Cidr::parse).collect(ImmutableList.toImmutableList()),
              service.affinity(),
              service.externalTrafficPolicy(),
              service.internalTrafficPolicy(),
              service.healthCheckNodePort(),
              service.annotations()));
    }

    public ServiceDraft healthCheck(int port) {
      return new ServiceDraft(
          new Service(
              service.name(),
              service.type(),
              service.clusterIps(),
              service.ports(),
              service.externalIps(),
              service.loadBalancerIps(),
              service.sourceRanges(),
              service.affinity(),
              service.externalTrafficPolicy(),
              service.internalTrafficPolicy(),
              port,
              service.annotations()));
    }

    private ServiceDraft with(
        Service.Type type,
        ImmutableList<IpAddress> externalIps,
        ImmutableList<LoadBalancerIp> ingress,
        Affinity affinity) {
      return copy(
          type,
          externalIps,
          ingress,
          affinity,
          service.externalTrafficPolicy(),
          service.internalTrafficPolicy());
    }

    private ServiceDraft policies(TrafficPolicy external, TrafficPolicy internal) {
      return copy(
          service.type(),
          service.externalIps(),
          service.loadBalancerIps(),
          service.affinity(),
          external,
          internal);
    }

    private ServiceDraft copy(
        Service.Type type,
        ImmutableList<IpAddress> externalIps,
        ImmutableList<LoadBalancerIp> ingress,
        Affinity affinity,
        TrafficPolicy external,
        TrafficPolicy internal) {
      return new ServiceDraft(
          new Service(
              service.name(),
              type,
              service.clusterIps(),
              service.ports(),
              externalIps,
              ingress,
              service.sourceRanges(),
              affinity,
              external,
              internal,
              service.healthCheckNodePort(),
              service.annotations()));
    }
  }

  /**
   * An endpoint in one line: an address, then words from {@code local remote ready serving
   * terminating}, {@code zone=a} and {@code node=here}. Ready endpoints serve.
   */
  public static Endpoint endpoint(String text) {
    List<String> words = List.of(text.split(" "));
    return new Endpoint(
        ip(words.getFirst()),
        Optional.of(words.contains("local") ? NODE : OTHER_NODE),
        words.contains("ready"),
        words.contains("ready") || words.contains("serving"),
        words.contains("terminating"),
        values(words, "zone="),
        values(words, "node="));
  }

  /** A slice of a Service, of the family of its first endpoint. */
  public static EndpointSlice slice(
      String name, String service, List<EndpointSlice.Port> ports, String... endpoints) {
    ImmutableList<Endpoint> all =
        Stream.of(endpoints).map(TestObjects::endpoint).collect(ImmutableList.toImmutableList());
    Family family = all.isEmpty() ? Family.IPV4 : all.getFirst().address().family();
    return new EndpointSlice(name(name), name(service), family, ImmutableList.copyOf(ports), all);
  }

  public static EndpointSlice.Port slicePort(String name, Protocol protocol, int port) {
    return new EndpointSlice.Port(name, protocol, port);
  }

  private static ImmutableSet<String> values(List<String> words, String prefix) {
    return words.stream()
        .filter(word -> word.startsWith(prefix))
        .map(word -> word.substring(prefix.length()))
        .collect(ImmutableSet.toImmutableSet());
  }

  private static ImmutableList<IpAddress> addresses(String... texts) {
    return Arrays.stream(texts).map(TestObjects::ip).collect(ImmutableList.toImmutableList());
  }
}
