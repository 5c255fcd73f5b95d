package io.fairlead.core.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.endpoints.ServiceEndpoints;
import io.fairlead.core.net.Family;

/**
 * Says what a Service needs in the kernel, one Service at a time. Pure: the same arguments give the
 * same plan.
 */
public final class Planner {
  private final PlannerSettings settings;

  public Planner(PlannerSettings settings) {
    this.settings = settings;
  }

  public PlannerSettings settings() {
    return settings;
  }

  /**
   * Plans one Service. ExternalName Services and those without an address need nothing.
   *
   * @param marks for the ports of {@link #split}; one without a mark is served as kube-proxy's ipvs
   *     mode does it
   */
  public ServicePlan plan(
      Service service,
      ServiceEndpoints endpoints,
      Surroundings around,
      ImmutableMap<PortName, Integer> marks) {
    if (service.type() == Service.Type.EXTERNAL_NAME) {
      return ServicePlan.nothing(service.name());
    }
    var draft = new PlanDraft(settings, service, endpoints, around, marks);
    for (Service.Port port : service.ports()) {
      draft.add(port);
    }
    return draft.plan();
  }

  /**
   * The ports of which outsiders must see other endpoints than this node and its pods do
   * (externalTrafficPolicy Local), each with the addresses on which outsiders reach it. Each needs
   * a mark.
   */
  public ImmutableMap<PortName, ImmutableList<Addressed>> split(
      Service service, Surroundings around) {
    if (service.type() == Service.Type.EXTERNAL_NAME
        || service.externalTrafficPolicy() != TrafficPolicy.LOCAL) {
      return ImmutableMap.of();
    }
    var reach = new Reach(settings, service, around);
    var ports = ImmutableMap.<PortName, ImmutableList<Addressed>>builder();
    for (Service.Port port : service.ports()) {
      var keys = ImmutableList.<Addressed>builder();
      if (Reach.isUsable(port)) {
        for (Family family : reach.families()) {
          reach.fromOutside(port, family).forEach(way -> keys.add(way.key()));
        }
      }
      ImmutableList<Addressed> all = keys.build();
      if (!all.isEmpty()) {
        ports.put(PortName.of(port), all);
      }
    }
    return ports.buildKeepingLast();
  }
}
