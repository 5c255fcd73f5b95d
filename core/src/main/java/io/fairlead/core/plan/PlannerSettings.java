package io.fairlead.core.plan;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Family;

/**
 * What is the same for every Service.
 *
 * @param scheduler the kernel's name of the scheduler
 * @param schedulerFlags SCHED flags of {@link VirtualServerOptions}
 * @param families the families that this node can serve
 */
public record PlannerSettings(String scheduler, int schedulerFlags, ImmutableSet<Family> families) {

  /** Both families, with the flags that kube-proxy gives this scheduler: mh-port to mh alone. */
  public static PlannerSettings ofScheduler(String scheduler) {
    int flags = scheduler.equals("mh") ? VirtualServerOptions.SCHEDULER_FLAG_2 : 0;
    return new PlannerSettings(scheduler, flags, Sets.immutableEnumSet(Family.IPV4, Family.IPV6));
  }
}
