package io.fairlead.core.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.net.Family;
import java.util.Optional;

/**
 * What one Service wants of the kernel, as if it were alone.
 *
 * @param frontends each with a key of its own
 * @param hairpins its endpoints on this node, in any state; other Services may have the same
 * @param healthCheck what external load balancers ask this node about it
 * @param missing where a traffic policy keeps out flows that endpoints elsewhere could take
 * @param problems what had to be left out, and why
 */
public record ServicePlan(
    ObjectName service,
    ImmutableList<Frontend> frontends,
    ImmutableSet<SetElement.Hairpin> hairpins,
    Optional<HealthCheck> healthCheck,
    ImmutableSet<NoLocalEndpoints> missing,
    ImmutableList<String> problems) {

  /** A policy Local for which this node has no endpoint. */
  public record NoLocalEndpoints(Family family, Policy policy) {
    /** Which policy. */
    public enum Policy {
      INTERNAL,
      EXTERNAL
    }
  }

  /** Whether it is as if the Service were not there. */
  boolean isNothing() {
    return frontends.isEmpty()
        && hairpins.isEmpty()
        && healthCheck.isEmpty()
        && missing.isEmpty()
        && problems.isEmpty();
  }

  /** The plan of a Service that is not there, or not to be served. */
  public static ServicePlan nothing(ObjectName service) {
    return new ServicePlan(
        service,
        ImmutableList.of(),
        ImmutableSet.of(),
        Optional.empty(),
        ImmutableSet.of(),
        ImmutableList.of());
  }
}
