package io.fairlead.core.plan;

import io.fairlead.core.cluster.Locality;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.endpoints.ServiceEndpoints;

/** Works out what a Service needs in the kernel. Equal input gives an equal plan. */
public final class Planner {
  private final PlannerSettings settings;

  public Planner(PlannerSettings settings) {
    this.settings = settings;
  }

  /**
   * The plan for one Service. What is wrong with it is left out and named among the plan's
   * problems; this throws nothing. Headless and ExternalName Services need nothing.
   */
  public ServicePlan plan(Service service, ServiceEndpoints endpoints, Locality here) {
    return service.type() == Service.Type.EXTERNAL_NAME || service.clusterIps().isEmpty()
        ? ServicePlan.nothing(service.name())
        : new ServicePlanning(settings, service, endpoints, here).plan();
  }
}
