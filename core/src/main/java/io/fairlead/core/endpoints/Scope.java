package io.fairlead.core.endpoints;

import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.LoadBalancerIp;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.net.Family;

/**
 * Which lists of endpoints one port of a Service needs.
 *
 * @param cluster whether some traffic may go to any node's endpoints
 * @param local whether some traffic must stay on the node
 */
public record Scope(boolean cluster, boolean local) {

  /** What the Service's traffic policies ask for, in one family. */
  public static Scope of(Service service, Service.Port port, Family family) {
    boolean internalLocal = service.internalTrafficPolicy() == TrafficPolicy.LOCAL;
    boolean externalLocal = service.externalTrafficPolicy() == TrafficPolicy.LOCAL;
    boolean external = isExternallyAccessible(service, port, family);
    // With externalTrafficPolicy Local, pods and the node itself still reach every endpoint.
    return new Scope(!internalLocal || external, internalLocal || (externalLocal && external));
  }

  private static boolean isExternallyAccessible(Service service, Service.Port port, Family family) {
    return port.nodePort() != 0
        || service.externalIps().stream().anyMatch(ip -> ip.family() == family)
        || service.loadBalancerIps().stream()
            .filter(ip -> ip.mode() == LoadBalancerIp.Mode.VIP)
            .anyMatch(ip -> ip.address().family() == family);
  }
}
