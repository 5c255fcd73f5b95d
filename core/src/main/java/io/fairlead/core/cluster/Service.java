package io.fairlead.core.cluster;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.stream.Stream;

/**
 * A core/v1 Service, reduced to what a proxy uses. Headless and ExternalName Services have no
 * {@code clusterIps}.
 *
 * @param clusterIps at most one of each family
 * @param loadBalancerIps {@code status.loadBalancer.ingress[]} entries that have an {@code ip}
 * @param sourceRanges {@code spec.loadBalancerSourceRanges}; empty means everyone
 * @param healthCheckNodePort 0 if there is none
 * @param annotations those under {@code fairlead.io/} and {@code kube-router.io/} only
 */
public record Service(
    ObjectName name,
    Type type,
    ImmutableList<IpAddress> clusterIps,
    ImmutableList<Port> ports,
    ImmutableList<IpAddress> externalIps,
    ImmutableList<LoadBalancerIp> loadBalancerIps,
    ImmutableList<Cidr> sourceRanges,
    Affinity affinity,
    TrafficPolicy externalTrafficPolicy,
    TrafficPolicy internalTrafficPolicy,
    int healthCheckNodePort,
    ImmutableMap<String, String> annotations) {

  /** Whether any of its ports is served on the node's own addresses. */
  public boolean hasNodePort() {
    return ports.stream().anyMatch(port -> port.nodePort() != 0);
  }

  /** The addresses outside the cluster's own range: externalIPs, and VIPs of load balancers. */
  public Stream<IpAddress> externalAddresses() {
    return Stream.concat(
        externalIps.stream(),
        loadBalancerIps.stream()
            .filter(ip -> ip.mode() == LoadBalancerIp.Mode.VIP)
            .map(LoadBalancerIp::address));
  }

  /** {@code spec.type}. */
  public enum Type {
    CLUSTER_IP,
    NODE_PORT,
    LOAD_BALANCER,
    EXTERNAL_NAME
  }

  /** {@code externalTrafficPolicy} and {@code internalTrafficPolicy}. */
  public enum TrafficPolicy {
    CLUSTER,
    LOCAL
  }

  /**
   * One port.
   *
   * @param name empty if the Service has a single, unnamed port
   * @param nodePort 0 if there is none
   */
  public record Port(String name, Protocol protocol, int port, int nodePort) {}

  /** A load balancer's address, and whether its traffic reaches nodes with it as destination. */
  public record LoadBalancerIp(IpAddress address, Mode mode) {

    /** {@code ipMode}: a {@code PROXY} delivers to node ports, so nothing is bound for it. */
    public enum Mode {
      VIP,
      PROXY
    }
  }

  /** {@code sessionAffinity}. */
  public sealed interface Affinity {
    record None() implements Affinity {}

    /** One client address stays with one endpoint for {@code timeoutSeconds}, 1 to 86400. */
    record ClientIp(int timeoutSeconds) implements Affinity {
      /** What the API server fills in. */
      public static final int DEFAULT_TIMEOUT_SECONDS = 10800;

      public ClientIp {
        if (timeoutSeconds < 1 || timeoutSeconds > 86400) {
          throw new IllegalArgumentException(
              "sessionAffinityConfig.clientIP.timeoutSeconds "
                  + timeoutSeconds
                  + " is outside 1..86400");
        }
      }
    }
  }
}
