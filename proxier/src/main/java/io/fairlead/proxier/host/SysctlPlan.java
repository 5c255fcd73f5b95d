package io.fairlead.proxier.host;

import com.google.common.collect.ImmutableList;
import io.fairlead.proxier.host.Sysctl.Need;

/**
 * Which kernel parameters Fairlead sets, by kube-proxy's rules for its ipvs mode. Those under
 * net/ipv4/vs exist once the module ip_vs is loaded, once per network namespace.
 */
public final class SysctlPlan {
  private SysctlPlan() {}

  /** The parameters for this kernel, in the order in which they are to be set. */
  public static ImmutableList<Sysctl> of(KernelVersion kernel, boolean strictArp) {
    var plan = ImmutableList.<Sysctl>builder();
    plan.add(
        required(
            "net/ipv4/vs/conntrack",
            1,
            "without it masquerading and the rules for virtual IPs never see IPVS's connections"));
    if (!kernel.isAtLeast(5, 9)) {
      plan.add(
          new Sysctl(
              "net/ipv4/vs/conn_reuse_mode",
              0,
              "kernels before 5.9 otherwise delay or drop connections from reused client ports",
              // Kernels before 4.1 do not have it; kube-proxy runs on them all the same.
              kernel.isAtLeast(4, 1) ? Need.REQUIRED : Need.ADVISED));
    }
    plan.add(
        required(
            "net/ipv4/vs/expire_nodest_conn",
            1,
            "connections to a removed real server otherwise hang instead of ending"),
        required(
            "net/ipv4/vs/expire_quiescent_template",
            1,
            "session affinity otherwise sends clients to real servers that are draining"),
        required("net/ipv4/ip_forward", 1, "packets to pods on other nodes are otherwise dropped"));
    if (strictArp) {
      plan.add(
          required("net/ipv4/conf/all/arp_ignore", 1, "--ipvs-strict-arp asks for it"),
          required("net/ipv4/conf/all/arp_announce", 2, "--ipvs-strict-arp asks for it"));
    }
    return plan.build();
  }

  /** What an operator of many Services should know about this kernel; empty if nothing. */
  public static ImmutableList<String> advice(KernelVersion kernel) {
    return kernel.isAtLeast(6, 2)
        ? ImmutableList.of()
        : ImmutableList.of(
            "kernel "
                + kernel
                + " sums the statistics of all virtual servers in one softirq every 2 s, which"
                + " delays packets when there are thousands; `sysctl -w"
                + " net.ipv4.vs.run_estimation=0` before Fairlead starts turns that off, and the"
                + " rates in ipvsadm with it");
  }

  private static Sysctl required(String key, int value, String why) {
    return new Sysctl(key, value, why, Need.REQUIRED);
  }
}
