package io.fairlead.proxier.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The matrix of kernels: P39 and P40 of the parity table. */
class SysctlPlanTest {
  private static final String ALWAYS =
      "net.ipv4.vs.expire_nodest_conn=1 net.ipv4.vs.expire_quiescent_template=1"
          + " net.ipv4.ip_forward=1";
  private static final String REUSE = "net.ipv4.vs.conntrack=1 net.ipv4.vs.conn_reuse_mode=0 ";
  private static final String NO_REUSE = "net.ipv4.vs.conntrack=1 ";

  record Case(String release, boolean strictArp, String expect, String advised, boolean advice) {}

  static Stream<Case> cases() {
    String arp = " net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2";
    return Stream.of(
        new Case("3.10.0-1160.el7", false, REUSE + ALWAYS, "net.ipv4.vs.conn_reuse_mode=0", true),
        new Case("4.18.0-553.el8_10.x86_64", false, REUSE + ALWAYS, "", true),
        new Case("5.4.0-200-generic", false, REUSE + ALWAYS, "", true),
        new Case("5.8.18", false, REUSE + ALWAYS, "", true),
        new Case("5.9.0", false, NO_REUSE + ALWAYS, "", true),
        new Case("5.15.0-1", false, NO_REUSE + ALWAYS, "", true),
        new Case("6.1.0-25-amd64", true, NO_REUSE + ALWAYS + arp, "", true),
        new Case("6.12.95+deb12-amd64", false, NO_REUSE + ALWAYS, "", false));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void plansForTheKernel(Case c) {
    KernelVersion kernel = KernelVersion.parse(c.release);
    ImmutableList<Sysctl> plan = SysctlPlan.of(kernel, c.strictArp);

    assertEquals(c.expect, joined(plan.stream()));
    assertEquals(c.advised, joined(plan.stream().filter(it -> it.need() == Sysctl.Need.ADVISED)));
    assertEquals(c.advice ? 1 : 0, SysctlPlan.advice(kernel).size());
  }

  private static String joined(Stream<Sysctl> plan) {
    return plan.map(Sysctl::toString).collect(Collectors.joining(" "));
  }
}
