package io.fairlead.core.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.dataplane.SetElement;

/**
 * What one Service wants of the kernel, as if it were alone.
 *
 * @param frontends each with a key of its own
 * @param hairpins its endpoints on this node, in any state; other Services may have the same
 * @param problems what had to be left out, and why
 */
public record ServicePlan(
    ObjectName service,
    ImmutableList<Frontend> frontends,
    ImmutableSet<SetElement.Hairpin> hairpins,
    ImmutableList<String> problems) {

  /** The plan of a Service that is not there, or not to be served. */
  public static ServicePlan nothing(ObjectName service) {
    return new ServicePlan(service, ImmutableList.of(), ImmutableSet.of(), ImmutableList.of());
  }
}
