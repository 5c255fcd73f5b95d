package io.fairlead.core.plan;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.fairlead.core.net.Family;

/**
 * What an operator chooses for all Services.
 *
 * @param scheduler the kernel's name, such as {@code rr}, for Services that name none
 * @param families those that the node can do
 * @param podsKnown the families in which this node's pods can be told from outsiders
 *     (detectLocalMode)
 * @param nodePortAddresses where node ports are served
 * @param marks what packets are marked with for externalTrafficPolicy Local
 */
public record PlannerSettings(
    String scheduler,
    ImmutableSet<Family> families,
    ImmutableSet<Family> podsKnown,
    NodePortAddresses nodePortAddresses,
    MarkRange marks) {

  /** The defaults, but for the scheduler; pods are known in both families. */
  public static PlannerSettings of(String scheduler) {
    return new PlannerSettings(
        scheduler,
        Sets.immutableEnumSet(Family.IPV4, Family.IPV6),
        Sets.immutableEnumSet(Family.IPV4, Family.IPV6),
        NodePortAddresses.ALL,
        MarkRange.DEFAULT);
  }
}
