package io.fairlead.core.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.cluster.Locality;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.endpoints.EndpointSelection;
import io.fairlead.core.endpoints.PortEndpoint;
import io.fairlead.core.endpoints.Scope;
import io.fairlead.core.endpoints.ServiceEndpoints;
import io.fairlead.core.net.Family;

/**
 * The real servers behind one port, for traffic from inside the cluster and from outside. Every
 * address of the port shares these maps.
 */
record Backends(Servers internal, Servers external) {

  /** Real servers by address and port, all of weight 1. */
  record Servers(ImmutableSortedMap<RealServer, RealServerOptions> byAddress) {}

  static Backends of(
      Service service,
      Service.Port port,
      Family family,
      ServiceEndpoints endpoints,
      Locality here) {
    var selection =
        EndpointSelection.of(
            endpoints.of(family, port.name(), port.protocol()),
            Scope.of(service, port, family),
            here);
    Servers cluster = servers(selection.cluster());
    Servers local = selection.local().isEmpty() ? cluster : servers(selection.local());
    return new Backends(
        service.internalTrafficPolicy() == TrafficPolicy.LOCAL ? local : cluster,
        service.externalTrafficPolicy() == TrafficPolicy.LOCAL ? local : cluster);
  }

  private static Servers servers(ImmutableList<PortEndpoint> endpoints) {
    var servers = ImmutableSortedMap.<RealServer, RealServerOptions>naturalOrder();
    for (PortEndpoint endpoint : endpoints) {
      servers.put(
          new RealServer(endpoint.address(), endpoint.port()), RealServerOptions.masquerade(1));
    }
    return new Servers(servers.build());
  }
}
