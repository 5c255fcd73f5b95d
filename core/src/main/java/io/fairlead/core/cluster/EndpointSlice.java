package io.fairlead.core.cluster;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A discovery.k8s.io/v1 EndpointSlice of IP addresses, reduced to what a proxy uses. Ports without
 * a name or number and endpoints without an address are left out by whoever decodes it.
 *
 * @param service the Service named by the label {@code kubernetes.io/service-name}, in the slice's
 *     namespace
 */
public record EndpointSlice(
    ObjectName name,
    ObjectName service,
    Family family,
    ImmutableList<Port> ports,
    ImmutableList<Endpoint> endpoints) {

  /** Whether any endpoint is meant for certain zones. */
  boolean hasZoneHints() {
    return endpoints.stream().anyMatch(endpoint -> !endpoint.zoneHints().isEmpty());
  }

  /** A port that every endpoint of the slice serves; {@code name} matches the Service port's. */
  public record Port(String name, Protocol protocol, int port) {}

  /**
   * One backend.
   *
   * @param address the first of its addresses; the API says that the rest are to be ignored
   * @param nodeName the Node it runs on, if it runs on one
   * @param zoneHints {@code hints.forZones[].name}
   * @param nodeHints {@code hints.forNodes[].name}
   */
  public record Endpoint(
      IpAddress address,
      Optional<String> nodeName,
      boolean ready,
      boolean serving,
      boolean terminating,
      ImmutableSet<String> zoneHints,
      ImmutableSet<String> nodeHints) {
    @Override
    public int hashCode() {
      return 31 * address.hashCode() + nodeName.hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other
          || (other instanceof Endpoint it
              && ready == it.ready
              && serving == it.serving
              && terminating == it.terminating
              && address.equals(it.address)
              && nodeName.equals(it.nodeName)
              && zoneHints.equals(it.zoneHints)
              && nodeHints.equals(it.nodeHints));
    }
  }
}
