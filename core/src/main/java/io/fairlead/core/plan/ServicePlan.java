package io.fairlead.core.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServerKey;

/**
 * All that one Service needs in the kernel, as if it were alone.
 *
 * @param frontends in the order of the Service's ports: ClusterIP, externalIPs, load balancer
 * @param elements what belongs to no single frontend, and may be wanted by other Services too
 * @param problems what of the Service is left out, and why
 */
public record ServicePlan(
    ObjectName service,
    ImmutableMap<VirtualServerKey, Frontend> frontends,
    ImmutableSet<SetElement> elements,
    ImmutableList<String> problems) {

  /** A plan that asks for nothing. */
  public static ServicePlan nothing(ObjectName service) {
    return new ServicePlan(service, ImmutableMap.of(), ImmutableSet.of(), ImmutableList.of());
  }
}
