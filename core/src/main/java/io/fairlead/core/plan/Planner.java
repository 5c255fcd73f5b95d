package io.fairlead.core.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.cluster.Locality;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.endpoints.EndpointSelection;
import io.fairlead.core.endpoints.PortEndpoint;
import io.fairlead.core.endpoints.Scope;
import io.fairlead.core.endpoints.ServiceEndpoints;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says what a Service needs in the kernel: kube-proxy's rules for its ipvs mode, one Service at a
 * time. Pure: the same arguments give the same plan.
 */
public final class Planner {
  private final PlannerSettings settings;

  public Planner(PlannerSettings settings) {
    this.settings = settings;
  }

  /** Plans one Service. ExternalName Services and those without an address need nothing. */
  public ServicePlan plan(Service service, ServiceEndpoints endpoints, Locality here) {
    if (service.type() == Service.Type.EXTERNAL_NAME) {
      return ServicePlan.nothing(service.name());
    }
    Draft draft = new Draft(service, endpoints, here);
    for (Service.Port port : service.ports()) {
      // A Service exists in the families of its ClusterIPs only; a headless one nowhere.
      for (Family family : draft.families()) {
        draft.add(port, family);
      }
    }
    return draft.plan();
  }

  /** One Service's plan as it grows, port by port. */
  private final class Draft {
    private final Service service;
    private final ServiceEndpoints endpoints;
    private final Locality here;
    private final Map<VirtualServerKey, Frontend> frontends = new LinkedHashMap<>();
    private final ImmutableSet.Builder<SetElement.Hairpin> hairpins = ImmutableSet.builder();
    // A set: every port would report the same address anew.
    private final ImmutableSet.Builder<String> problems = ImmutableSet.builder();

    Draft(Service service, ServiceEndpoints endpoints, Locality here) {
      this.service = service;
      this.endpoints = endpoints;
      this.here = here;
      problems.addAll(endpoints.problems());
      if (!service.sourceRanges().isEmpty()) {
        problems.add("loadBalancerSourceRanges are not enforced yet: everybody may connect");
      }
      if (service.type() == Service.Type.NODE_PORT) {
        problems.add("node ports are not served yet");
      }
    }

    /**
     * A Service is served in the families of its ClusterIPs. One without any comes from a manifest,
     * and is served wherever it has an address; a headless one has none at all by the time it gets
     * here.
     */
    Set<Family> families() {
      if (service.clusterIps().isEmpty()) {
        return EnumSet.allOf(Family.class);
      }
      Set<Family> families = EnumSet.noneOf(Family.class);
      service.clusterIps().forEach(address -> families.add(address.family()));
      return families;
    }

    ServicePlan plan() {
      return new ServicePlan(
          service.name(),
          ImmutableList.copyOf(frontends.values()),
          hairpins.build(),
          problems.build().asList());
    }

    void add(Service.Port port, Family family) {
      if (port.port() < 1 || port.port() > 0xffff) {
        problems.add("port " + port.port() + " is outside 1..65535; left out");
        return;
      }
      ImmutableList<PortEndpoint> all = endpoints.of(family, port.name(), port.protocol());
      EndpointSelection chosen = EndpointSelection.of(all, Scope.of(service, port, family), here);
      // Made once and shared by all addresses: a Service may have many, and thousands of endpoints.
      var internal = servers(byPolicy(service.internalTrafficPolicy(), chosen));
      var external =
          service.externalTrafficPolicy() == service.internalTrafficPolicy()
              ? internal
              : servers(byPolicy(service.externalTrafficPolicy(), chosen));
      for (IpAddress address : service.clusterIps()) {
        add(port, family, Frontend.Kind.CLUSTER_IP, "clusterIP", address, internal);
      }
      for (IpAddress address : service.externalIps()) {
        add(port, family, Frontend.Kind.EXTERNAL, "externalIP", address, external);
      }
      for (Service.LoadBalancerIp ip : service.loadBalancerIps()) {
        if (ip.mode() == Service.LoadBalancerIp.Mode.VIP) {
          add(port, family, Frontend.Kind.EXTERNAL, "ingress IP", ip.address(), external);
        }
      }
      for (PortEndpoint endpoint : all) {
        if (endpoint.isOn(here.nodeName())) {
          hairpins.add(
              new SetElement.Hairpin(endpoint.address(), port.protocol(), endpoint.port()));
        }
      }
    }

    private void add(
        Service.Port port,
        Family family,
        Frontend.Kind kind,
        String role,
        IpAddress address,
        ImmutableSortedMap<RealServer, RealServerOptions> servers) {
      if (address.family() != family) {
        return;
      }
      Optional<String> unfitness = address.unfitness();
      if (unfitness.isPresent()) {
        problems.add(role + " " + address + " is " + unfitness.get() + "; left out");
        return;
      }
      var key = new VirtualServerKey.Addressed(address, port.port(), port.protocol());
      var server = new VirtualServer(key, options(family), servers);
      frontends.putIfAbsent(
          key, new Frontend(kind, server, elements(key, kind, servers.isEmpty())));
    }

    private ImmutableList<SetElement> elements(
        VirtualServerKey.Addressed key, Frontend.Kind kind, boolean empty) {
      var elements = ImmutableList.<SetElement>builder();
      elements.add(element(key, SetElement.ServicePort.Set.SERVICES));
      // IPVS alone leaves SCTP clients waiting: they do not believe its ICMP error.
      if (empty) {
        elements.add(element(key, SetElement.ServicePort.Set.NO_ENDPOINTS));
      }
      switch (kind) {
        case CLUSTER_IP -> elements.add(element(key, SetElement.ServicePort.Set.CLUSTER_IPS));
        case EXTERNAL -> {
          // Local keeps the client's address, which is what it is for.
          if (service.externalTrafficPolicy() == TrafficPolicy.CLUSTER) {
            elements.add(element(key, SetElement.ServicePort.Set.MASQUERADE));
          }
        }
      }
      return elements.build();
    }

    private VirtualServerOptions options(Family family) {
      return switch (service.affinity()) {
        case Service.Affinity.None() ->
            new VirtualServerOptions(
                settings.scheduler(), settings.schedulerFlags(), 0, family.bits());
        case Service.Affinity.ClientIp(int seconds) ->
            new VirtualServerOptions(
                settings.scheduler(),
                settings.schedulerFlags() | VirtualServerOptions.PERSISTENT,
                seconds,
                family.bits());
      };
    }
  }

  /** As kube-proxy's ipvs mode: Local falls back to the whole cluster where nothing is local. */
  private static ImmutableList<PortEndpoint> byPolicy(
      TrafficPolicy policy, EndpointSelection chosen) {
    return switch (policy) {
      case CLUSTER -> chosen.cluster();
      case LOCAL -> chosen.local().isEmpty() ? chosen.cluster() : chosen.local();
    };
  }

  private static SetElement element(
      VirtualServerKey.Addressed key, SetElement.ServicePort.Set set) {
    return new SetElement.ServicePort(set, key.address(), key.protocol(), key.port());
  }

  private static ImmutableSortedMap<RealServer, RealServerOptions> servers(
      List<PortEndpoint> endpoints) {
    var servers = ImmutableSortedMap.<RealServer, RealServerOptions>naturalOrder();
    for (PortEndpoint endpoint : endpoints) {
      servers.put(
          new RealServer(endpoint.address(), endpoint.port()), RealServerOptions.masquerade(1));
    }
    return servers.build();
  }
}
