package io.fairlead.core.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.Locality;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.LoadBalancerIp;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.endpoints.PortEndpoint;
import io.fairlead.core.endpoints.ServiceEndpoints;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The making of one Service's plan: family by family, port by port, way in by way in. */
final class ServicePlanning {
  private final PlannerSettings settings;
  private final Service service;
  private final ServiceEndpoints endpoints;
  private final Locality here;

  private final Map<VirtualServerKey, Frontend> frontends = new LinkedHashMap<>();
  private final ImmutableSet.Builder<SetElement> elements = ImmutableSet.builder();
  private final ImmutableList.Builder<String> problems = ImmutableList.builder();

  ServicePlanning(
      PlannerSettings settings, Service service, ServiceEndpoints endpoints, Locality here) {
    this.settings = settings;
    this.service = service;
    this.endpoints = endpoints;
    this.here = here;
  }

  ServicePlan plan() {
    problems.addAll(endpoints.problems());
    Set<Family> families = EnumSet.noneOf(Family.class);
    for (IpAddress clusterIp : service.clusterIps()) {
      if (!families.add(clusterIp.family())) {
        problems.add("clusterIPs " + clusterIp + " is a second one of its family; left out");
      } else if (settings.families().contains(clusterIp.family())) {
        family(clusterIp);
      }
    }
    reportLonelyAddresses(families);
    return new ServicePlan(
        service.name(), ImmutableMap.copyOf(frontends), elements.build(), problems.build());
  }

  /** A Service exists only in the families of its ClusterIPs; its addresses follow them. */
  private void family(IpAddress clusterIp) {
    Family family = clusterIp.family();
    List<IpAddress> externals = externalAddresses(family);
    boolean clusterIpFits = fits("clusterIPs", clusterIp);
    for (Service.Port port : service.ports()) {
      if (port.port() < 1 || port.port() > 0xffff) {
        problems.add("ports \"" + port.name() + "\": " + port.port() + " is outside 1..65535");
        continue;
      }
      hairpins(family, port);
      var backends = Backends.of(service, port, family, endpoints, here);
      if (clusterIpFits) {
        clusterIp(clusterIp, port, backends);
      }
      externals.forEach(address -> external(address, port, backends));
    }
  }

  private void clusterIp(IpAddress address, Service.Port port, Backends backends) {
    claim(Exposure.CLUSTER_IP, address, port, backends.internal(), ServicePort.Set.CLUSTER_IPS);
  }

  private void external(IpAddress address, Service.Port port, Backends backends) {
    // Local exists to keep the client's address, so its traffic is not masqueraded.
    if (service.externalTrafficPolicy() == TrafficPolicy.LOCAL) {
      claim(Exposure.EXTERNAL, address, port, backends.external());
    } else {
      claim(Exposure.EXTERNAL, address, port, backends.external(), ServicePort.Set.MASQUERADE);
    }
  }

  /** Every local endpoint in any state: one that terminates still answers its own connections. */
  private void hairpins(Family family, Service.Port port) {
    for (PortEndpoint endpoint : endpoints.of(family, port.name(), port.protocol())) {
      if (endpoint.isOn(here.nodeName())) {
        elements.add(new SetElement.Hairpin(endpoint.address(), port.protocol(), endpoint.port()));
      }
    }
  }

  /**
   * Adds a way in. An address may be named twice, as externalIP and by the load balancer; the first
   * one counts, and the ClusterIP comes before them.
   */
  private void claim(
      Exposure exposure,
      IpAddress address,
      Service.Port port,
      Backends.Servers servers,
      ServicePort.Set... sets) {
    var key = new VirtualServerKey.Addressed(address, port.port(), port.protocol());
    if (!frontends.containsKey(key)) {
      var virtualServer = new VirtualServer(key, options(address.family()), servers.byAddress());
      frontends.put(key, new Frontend(exposure, virtualServer, elements(address, port, sets)));
    }
  }

  private static ImmutableSet<SetElement> elements(
      IpAddress address, Service.Port port, ServicePort.Set... sets) {
    var built = ImmutableSet.<SetElement>builder();
    built.add(new ServicePort(ServicePort.Set.SERVICES, address, port.protocol(), port.port()));
    for (ServicePort.Set set : sets) {
      built.add(new ServicePort(set, address, port.protocol(), port.port()));
    }
    return built.build();
  }

  private VirtualServerOptions options(Family family) {
    return switch (service.affinity()) {
      case Service.Affinity.None() ->
          new VirtualServerOptions(
              settings.scheduler(), settings.schedulerFlags(), 0, family.bits());
      case Service.Affinity.ClientIp(int timeoutSeconds) ->
          new VirtualServerOptions(
              settings.scheduler(),
              settings.schedulerFlags() | VirtualServerOptions.PERSISTENT,
              timeoutSeconds,
              family.bits());
    };
  }

  private List<IpAddress> externalAddresses(Family family) {
    var addresses = ImmutableSet.<IpAddress>builder();
    for (IpAddress address : service.externalIps()) {
      if (address.family() == family && fits("externalIPs", address)) {
        addresses.add(address);
      }
    }
    for (LoadBalancerIp ingress : service.loadBalancerIps()) {
      if (ingress.mode() == LoadBalancerIp.Mode.VIP
          && ingress.address().family() == family
          && fits("status.loadBalancer.ingress", ingress.address())) {
        addresses.add(ingress.address());
      }
    }
    return addresses.build().asList();
  }

  private boolean fits(String field, IpAddress address) {
    address
        .unfitness()
        .ifPresent(what -> problems.add(field + " " + address + " is " + what + "; left out"));
    return address.unfitness().isEmpty();
  }

  private void reportLonelyAddresses(Set<Family> families) {
    for (IpAddress address : service.externalIps()) {
      if (!families.contains(address.family())) {
        problems.add(
            "externalIPs %s: the Service has no %s clusterIP; left out"
                .formatted(address, address.family().label()));
      }
    }
  }
}
