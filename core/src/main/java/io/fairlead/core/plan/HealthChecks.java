package io.fairlead.core.plan;

import io.fairlead.core.cluster.Locality;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.endpoints.PortEndpoint;
import io.fairlead.core.endpoints.ServiceEndpoints;
import io.fairlead.core.net.Family;
import java.util.Optional;
import java.util.Set;

/** Which Services have a health check, and what it says. */
final class HealthChecks {
  private HealthChecks() {}

  static boolean isNeeded(Service service) {
    return service.type() == Service.Type.LOAD_BALANCER
        && service.externalTrafficPolicy() == TrafficPolicy.LOCAL
        && service.healthCheckNodePort() != 0;
  }

  /**
   * Only ready endpoints count: one that terminates still takes traffic, but should get no more
   * from outside. A pod of both families counts once, as the greater of both counts.
   *
   * @param families those that the Service is served in
   */
  static Optional<HealthCheck> of(
      Service service, Set<Family> families, ServiceEndpoints endpoints, Locality here) {
    if (!isNeeded(service)) {
      return Optional.empty();
    }
    int local =
        families.stream().mapToInt(family -> ready(family, endpoints, here)).max().orElse(0);
    return Optional.of(new HealthCheck(service.name(), service.healthCheckNodePort(), local));
  }

  private static int ready(Family family, ServiceEndpoints endpoints, Locality here) {
    return Math.toIntExact(
        endpoints.ports().entrySet().stream()
            .filter(port -> port.getKey().family() == family)
            .flatMap(port -> port.getValue().stream())
            .filter(endpoint -> endpoint.isReady() && endpoint.isOn(here.nodeName()))
            .map(PortEndpoint::address)
            .distinct()
            .count());
  }
}
