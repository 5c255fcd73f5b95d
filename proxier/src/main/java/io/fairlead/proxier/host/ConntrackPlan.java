package io.fairlead.proxier.host;

import com.google.common.collect.ImmutableList;
import io.fairlead.proxier.host.Sysctl.Need;
import io.fairlead.proxier.settings.Settings;
import java.time.Duration;

/**
 * The limits of connection tracking, by kube-proxy's rules. None is a reason not to start: the
 * kernel's own are usable.
 */
final class ConntrackPlan {
  static final String MAX = "net/netfilter/nf_conntrack_max";

  private ConntrackPlan() {}

  /** The parameters to set; those that are to stay as they are are not among them. */
  static ImmutableList<Sysctl> of(Settings.Conntrack settings, int processors) {
    var plan = ImmutableList.<Sysctl>builder();
    if (settings.maxPerCore() > 0) {
      plan.add(
          advised(
              MAX,
              max(settings, processors),
              "when the table is full new connections are dropped; the kernel takes this only from"
                  + " the host's own network namespace, hostNetwork: true"));
    }
    String idle = "the table otherwise fills with connections that nobody uses";
    timeout(plan, "tcp_timeout_established", settings.tcpEstablished(), idle);
    timeout(plan, "tcp_timeout_close_wait", settings.tcpCloseWait(), "half-closed connections end");
    timeout(plan, "udp_timeout", settings.udp(), "--conntrack-udp-timeout asks for it");
    timeout(
        plan, "udp_timeout_stream", settings.udpStream(), "--conntrack-udp-timeout-stream asks");
    if (settings.tcpBeLiberal()) {
      plan.add(
          advised(
              "net/netfilter/nf_conntrack_tcp_be_liberal",
              1,
              "--conntrack-tcp-be-liberal asks for it"));
    }
    return plan.build();
  }

  private static int max(Settings.Conntrack settings, int processors) {
    long wanted = Math.max((long) settings.maxPerCore() * processors, settings.min());
    return (int) Math.min(wanted, Integer.MAX_VALUE);
  }

  private static void timeout(
      ImmutableList.Builder<Sysctl> plan, String name, Duration duration, String why) {
    if (duration.isPositive()) {
      plan.add(
          advised(
              "net/netfilter/nf_conntrack_" + name, Math.toIntExact(duration.toSeconds()), why));
    }
  }

  private static Sysctl advised(String key, int value, String why) {
    return new Sysctl(key, value, why, Need.ADVISED);
  }
}
