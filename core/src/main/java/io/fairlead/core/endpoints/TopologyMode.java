package io.fairlead.core.endpoints;

import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.Locality;
import java.util.List;
import java.util.function.Predicate;

/** How hints narrow the cluster's endpoints (KEP-2433, KEP-3015). */
enum TopologyMode {
  ANYWHERE,
  SAME_NODE,
  SAME_ZONE;

  /**
   * The mode that the hints of the ready endpoints allow. One endpoint without a hint, or hints
   * that leave this node without an endpoint, make the hints unusable: better far than nowhere.
   */
  static TopologyMode of(List<PortEndpoint> ready, Locality here) {
    if (usable(ready, e -> !e.nodeHints().isEmpty(), e -> SAME_NODE.admits(e, here))) {
      return SAME_NODE;
    }
    if (usable(ready, e -> !e.zoneHints().isEmpty(), e -> SAME_ZONE.admits(e, here))) {
      return SAME_ZONE;
    }
    return ANYWHERE;
  }

  /** Whether the hints let this node use the endpoint. */
  boolean admits(EndpointSlice.Endpoint endpoint, Locality here) {
    return switch (this) {
      case ANYWHERE -> true;
      case SAME_NODE -> endpoint.nodeHints().contains(here.nodeName());
      case SAME_ZONE -> here.zone().filter(endpoint.zoneHints()::contains).isPresent();
    };
  }

  private static boolean usable(
      List<PortEndpoint> ready,
      Predicate<EndpointSlice.Endpoint> hinted,
      Predicate<EndpointSlice.Endpoint> forUs) {
    boolean anyForUs = false;
    for (PortEndpoint each : ready) {
      if (!hinted.test(each.endpoint())) {
        return false;
      }
      anyForUs |= forUs.test(each.endpoint());
    }
    return anyForUs;
  }
}
