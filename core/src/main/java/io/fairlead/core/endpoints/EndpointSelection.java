package io.fairlead.core.endpoints;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.Locality;
import java.util.List;
import java.util.function.Predicate;

/**
 * The endpoints that one port's traffic may go to, chosen as kube-proxy's CategorizeEndpoints does.
 * All lists keep the order of the input.
 *
 * @param cluster for traffic that may leave the node; empty if the port has no such traffic
 * @param local for traffic that must stay on the node; empty if the port has no such traffic
 * @param hasAny whether the Service has a usable endpoint anywhere, so that an empty {@code local}
 *     means "not here" and not "nowhere"
 */
public record EndpointSelection(
    ImmutableList<PortEndpoint> cluster, ImmutableList<PortEndpoint> local, boolean hasAny) {

  /**
   * Chooses among a port's endpoints.
   *
   * @param endpoints sorted by address and port, without duplicates
   */
  public static EndpointSelection of(List<PortEndpoint> endpoints, Scope scope, Locality here) {
    List<PortEndpoint> ready = only(endpoints, PortEndpoint::isReady);
    TopologyMode mode = scope.cluster() ? TopologyMode.of(ready, here) : TopologyMode.ANYWHERE;
    ImmutableList<PortEndpoint> cluster =
        scope.cluster() ? clusterList(endpoints, ready, mode, here) : ImmutableList.of();
    if (!scope.local()) {
      return new EndpointSelection(cluster, ImmutableList.of(), !cluster.isEmpty());
    }
    ImmutableList<PortEndpoint> local = localList(endpoints, here);
    boolean hasAny = endpoints.stream().anyMatch(e -> e.isReady() || e.isServingWhileTerminating());
    return new EndpointSelection(cluster, local, hasAny);
  }

  private static ImmutableList<PortEndpoint> clusterList(
      List<PortEndpoint> endpoints, List<PortEndpoint> ready, TopologyMode mode, Locality here) {
    ImmutableList<PortEndpoint> near = only(ready, e -> mode.admits(e.endpoint(), here));
    // Hints that leave nothing were set aside above, so here nothing is ready anywhere.
    return near.isEmpty() ? only(endpoints, PortEndpoint::isServingWhileTerminating) : near;
  }

  /** Hints never apply to local endpoints: what is on the node is near enough. */
  private static ImmutableList<PortEndpoint> localList(List<PortEndpoint> all, Locality here) {
    List<PortEndpoint> onNode = only(all, e -> e.isOn(here.nodeName()));
    ImmutableList<PortEndpoint> ready = only(onNode, PortEndpoint::isReady);
    return ready.isEmpty() ? only(onNode, PortEndpoint::isServingWhileTerminating) : ready;
  }

  private static ImmutableList<PortEndpoint> only(
      List<PortEndpoint> endpoints, Predicate<PortEndpoint> wanted) {
    var kept = ImmutableList.<PortEndpoint>builder();
    for (PortEndpoint endpoint : endpoints) {
      if (wanted.test(endpoint)) {
        kept.add(endpoint);
      }
    }
    return kept.build();
  }
}
