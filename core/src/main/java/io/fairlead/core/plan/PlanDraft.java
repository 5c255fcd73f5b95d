package io.fairlead.core.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.endpoints.EndpointSelection;
import io.fairlead.core.endpoints.PortEndpoint;
import io.fairlead.core.endpoints.Scope;
import io.fairlead.core.endpoints.ServiceEndpoints;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.ServicePlan.NoLocalEndpoints;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One Service's plan as it grows, port by port. */
final class PlanDraft {
  private final PlannerSettings settings;
  private final Service service;
  private final ServiceEndpoints endpoints;
  private final Surroundings around;
  private final ImmutableMap<PortName, Integer> marks;
  private final Reach reach;
  private final SchedulerChoice scheduler;
  private final SourceRanges sources;
  private final Map<VirtualServerKey, Frontend> frontends = new LinkedHashMap<>();
  private final ImmutableSet.Builder<SetElement.Hairpin> hairpins = ImmutableSet.builder();
  private final ImmutableSet.Builder<NoLocalEndpoints> missing = ImmutableSet.builder();
  private final ImmutableSet.Builder<String> problems = ImmutableSet.builder();

  PlanDraft(
      PlannerSettings settings,
      Service service,
      ServiceEndpoints endpoints,
      Surroundings around,
      ImmutableMap<PortName, Integer> marks) {
    this.settings = settings;
    this.service = service;
    this.endpoints = endpoints;
    this.around = around;
    this.marks = marks;
    this.reach = new Reach(settings, service, around);
    this.scheduler = SchedulerChoice.of(service.annotations(), settings.scheduler(), problems::add);
    this.sources = SourceRanges.of(service.sourceRanges(), around.ownAddresses());
    problems.addAll(endpoints.problems());
  }

  ServicePlan plan() {
    return new ServicePlan(
        service.name(),
        ImmutableList.copyOf(frontends.values()),
        hairpins.build(),
        HealthChecks.of(service, reach.families(), endpoints, around.here()),
        missing.build(),
        problems.addAll(reach.problems()).build().asList());
  }

  void add(Service.Port port) {
    if (!Reach.isUsable(port)) {
      problems.add("port " + port.port() + " is outside 1..65535; left out");
      return;
    }
    for (Family family : reach.families()) {
      new InFamily(port, family).add();
    }
  }

  /** One port in one family: the endpoints are chosen once, however many addresses there are. */
  private final class InFamily {
    private final Service.Port port;
    private final Family family;
    private final ImmutableList<PortEndpoint> all;
    private final EndpointSelection chosen;
    private final ImmutableSortedMap<RealServer, RealServerOptions> cluster;
    private final ImmutableSortedMap<RealServer, RealServerOptions> local;

    InFamily(Service.Port port, Family family) {
      this.port = port;
      this.family = family;
      all = endpoints.of(family, port.name(), port.protocol());
      chosen = EndpointSelection.of(all, Scope.of(service, port, family), around.here());
      cluster = servers(chosen.cluster());
      local = chosen.local().equals(chosen.cluster()) ? cluster : servers(chosen.local());
    }

    void add() {
      for (Reach.Way way : reach.fromInside(port, family)) {
        clusterIp(way.key());
      }
      switch (service.externalTrafficPolicy()) {
        case CLUSTER ->
            reach
                .fromOutside(port, family)
                .forEach(way -> anyEndpoint(way, ServicePort.Set.MASQUERADE));
        case LOCAL -> localEndpoints(reach.fromOutside(port, family));
      }
      for (PortEndpoint endpoint : all) {
        if (endpoint.isOn(around.here().nodeName())) {
          hairpins.add(
              new SetElement.Hairpin(endpoint.address(), port.protocol(), endpoint.port()));
        }
      }
    }

    private void clusterIp(Addressed key) {
      boolean isLocal = service.internalTrafficPolicy() == TrafficPolicy.LOCAL;
      var elements = elements(key, ServicePort.Set.CLUSTER_IPS);
      if (isLocal && local.isEmpty() && chosen.hasAny()) {
        elements.add(element(key, ServicePort.Set.NO_LOCAL));
        missing.add(new NoLocalEndpoints(family, NoLocalEndpoints.Policy.INTERNAL));
      } else if (!chosen.hasAny()) {
        elements.add(element(key, ServicePort.Set.NO_ENDPOINTS));
      }
      put(Frontend.Kind.CLUSTER_IP, key, isLocal ? local : cluster, elements, ImmutableSet.of());
    }

    private void anyEndpoint(Reach.Way way, ServicePort.Set... sets) {
      var elements = elements(way, sets);
      if (cluster.isEmpty()) {
        elements.add(element(way.key(), ServicePort.Set.NO_ENDPOINTS));
      }
      put(kind(way), way.key(), cluster, elements, ImmutableSet.of());
    }

    /**
     * externalTrafficPolicy Local: marked packets, which are those from outside, see this node's
     * endpoints only; the node and its pods see all.
     */
    private void localEndpoints(ImmutableList<Reach.Way> ways) {
      if (ways.isEmpty()) {
        return;
      }
      if (local.isEmpty() && chosen.hasAny()) {
        missing.add(new NoLocalEndpoints(family, NoLocalEndpoints.Policy.EXTERNAL));
      }
      Optional<Integer> mark = Optional.ofNullable(marks.get(PortName.of(port)));
      if (mark.isEmpty()) {
        problems.add(
            "port %s: no packet mark is left for externalTrafficPolicy Local; the node and its pods"
                    .formatted(port.port())
                + " share the outsiders' endpoints");
        ways.forEach(this::withoutMark);
        return;
      }
      var marked = new VirtualServerKey.Marked(mark.get(), family);
      ways.forEach(way -> split(way, marked));
      ImmutableSet<VirtualServerKey> addressed =
          ways.stream().map(Reach.Way::key).collect(ImmutableSet.toImmutableSet());
      if (!local
          .isEmpty()) { // else nothing is marked for it, and a restart could not tell whose it is
        var server = new VirtualServer(marked, markedOptions(), local);
        put(new Frontend(Frontend.Kind.NODE, server, ImmutableList.of(), addressed));
      }
    }

    private void split(Reach.Way way, VirtualServerKey.Marked marked) {
      Addressed key = way.key();
      var elements = elements(way);
      if (!chosen.hasAny()) {
        elements.add(element(key, ServicePort.Set.NO_ENDPOINTS));
      } else if (!local.isEmpty()) {
        elements.add(
            new SetElement.LocalOnly(key.address(), key.protocol(), key.port(), marked.mark()));
      } else if (settings.podsKnown().contains(family)) {
        elements.add(element(key, ServicePort.Set.NO_LOCAL_EXTERNAL));
      } // else pods would be kept out with the outsiders: all go anywhere, as in kube-proxy
      put(kind(way), key, cluster, elements, ImmutableSet.of(marked));
    }

    private void withoutMark(Reach.Way way) {
      var elements = elements(way);
      var servers = local.isEmpty() ? cluster : local;
      if (servers.isEmpty()) {
        elements.add(element(way.key(), ServicePort.Set.NO_ENDPOINTS));
      }
      put(kind(way), way.key(), servers, elements, ImmutableSet.of());
    }

    private void put(
        Frontend.Kind kind,
        Addressed key,
        ImmutableSortedMap<RealServer, RealServerOptions> servers,
        ImmutableList.Builder<SetElement> elements,
        ImmutableSet<VirtualServerKey> siblings) {
      var server = new VirtualServer(key, options(), servers);
      put(new Frontend(kind, server, elements.build(), siblings));
    }

    /** One port's number may be another's node port, on a ClusterIP that a device holds, too. */
    private void put(Frontend frontend) {
      frontends.merge(
          frontend.key(),
          frontend,
          (first, other) -> other.kind().compareTo(first.kind()) < 0 ? other : first);
    }

    private VirtualServerOptions options() {
      return switch (service.affinity()) {
        case Service.Affinity.None() ->
            new VirtualServerOptions(scheduler.name(), scheduler.flags(), 0, family.bits());
        case Service.Affinity.ClientIp(int seconds) ->
            new VirtualServerOptions(
                scheduler.name(),
                scheduler.flags() | VirtualServerOptions.PERSISTENT,
                seconds,
                family.bits());
      };
    }

    /**
     * A persistent virtual server that goes by mark sends packets to the port that the client asked
     * for, not to the real server's (ip_vs_sched_persist: {@code dport = dst_port}). So affinity is
     * a matter of the scheduler there: a hash of the client's address.
     */
    private VirtualServerOptions markedOptions() {
      SchedulerChoice by =
          service.affinity() instanceof Service.Affinity.ClientIp
              ? SchedulerChoice.byClient()
              : scheduler;
      return new VirtualServerOptions(by.name(), by.flags(), 0, family.bits());
    }

    private ImmutableList.Builder<SetElement> elements(Reach.Way way, ServicePort.Set... sets) {
      var elements = elements(way.key(), sets);
      if (way.role() == Reach.Role.LOAD_BALANCER) {
        elements.addAll(sources.elements(way.key()));
        if (HealthChecks.isNeeded(service)) { // asked for on the VIP, too (kubernetes#117621)
          elements.add(
              new ServicePort(
                  ServicePort.Set.SERVICES,
                  way.key().address(),
                  Protocol.TCP,
                  service.healthCheckNodePort()));
        }
      }
      return elements;
    }

    private static ImmutableList.Builder<SetElement> elements(
        Addressed key, ServicePort.Set... sets) {
      var elements = ImmutableList.<SetElement>builder();
      elements.add(element(key, ServicePort.Set.SERVICES));
      for (ServicePort.Set set : sets) {
        elements.add(element(key, set));
      }
      return elements;
    }
  }

  private static Frontend.Kind kind(Reach.Way way) {
    return switch (way.role()) {
      case CLUSTER_IP -> Frontend.Kind.CLUSTER_IP;
      case EXTERNAL_IP, LOAD_BALANCER -> Frontend.Kind.EXTERNAL;
      case NODE_PORT -> Frontend.Kind.NODE;
    };
  }

  private static SetElement element(Addressed key, ServicePort.Set set) {
    return new ServicePort(set, key.address(), key.protocol(), key.port());
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
