package io.fairlead.core.plan;

import io.fairlead.core.dataplane.VirtualServerOptions;

/**
 * What an operator chooses for all Services.
 *
 * @param scheduler the kernel's name, such as {@code rr}
 */
public record PlannerSettings(String scheduler) {
  /**
   * The scheduler's flags. {@code mh} hashes the client's port as well as its address, as in
   * kube-proxy ({@code mh-port}). Unlike there, {@code mh} and {@code sh} fall back to another real
   * server where the chosen one is draining; without it they refuse its share of new flows
   * (kubernetes#121590).
   */
  int schedulerFlags() {
    return switch (scheduler) {
      case "mh" -> VirtualServerOptions.SCHEDULER_FLAG_1 | VirtualServerOptions.SCHEDULER_FLAG_2;
      case "sh" -> VirtualServerOptions.SCHEDULER_FLAG_1;
      default -> 0;
    };
  }
}
