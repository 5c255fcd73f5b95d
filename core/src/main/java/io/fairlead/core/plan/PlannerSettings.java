package io.fairlead.core.plan;

import io.fairlead.core.dataplane.VirtualServerOptions;

/**
 * What an operator chooses for all Services.
 *
 * @param scheduler the kernel's name, such as {@code rr}
 */
public record PlannerSettings(String scheduler) {
  /**
   * The scheduler's flags. As in kube-proxy, {@code mh} hashes the client's port as well as its
   * address ({@code mh-port}), and no other scheduler gets any.
   */
  int schedulerFlags() {
    return scheduler.equals("mh") ? VirtualServerOptions.SCHEDULER_FLAG_2 : 0;
  }
}
