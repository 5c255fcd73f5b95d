package io.fairlead.proxier.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.net.Family;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an operator is told about flags that do not do what they seem to. */
class SettingsAdviceTest {
  private static final String PODS = "--cluster-cidr=10.244.0.0/16,fd00::/48 ";

  /** The families of the node, the flags, and how each line must begin. */
  record Case(ImmutableSet<Family> families, String flags, List<String> lines) {}

  static Stream<Case> cases() {
    var both = ImmutableSet.of(Family.IPV4, Family.IPV6);
    var v4 = ImmutableSet.of(Family.IPV4);
    String nowhere =
        "--nodeport-addresses=localhost: IPVS cannot serve 127.0.0.0/8 and ::1, so that node ports"
            + " are served nowhere;";
    String notThere =
        "--nodeport-addresses: IPVS cannot serve 127.0.0.0/8 and ::1, so that node ports are not"
            + " served there,";
    String allOfV6 =
        "--nodeport-addresses has no entry for IPv6: node ports are served on all of the node's"
            + " IPv6 addresses, as in kube-proxy;";
    return Stream.of(
        new Case(both, PODS, List.of()),
        new Case(both, PODS + "--nodeport-addresses=primary", List.of()),
        new Case(both, PODS + "--nodeport-addresses=localhost", List.of(nowhere)),
        new Case(both, PODS + "--nodeport-addresses=localhost,primary", List.of(notThere)),
        new Case(both, PODS + "--nodeport-addresses=127.0.0.0/8", List.of(notThere, allOfV6)),
        new Case(both, PODS + "--nodeport-addresses=192.0.2.0/24", List.of(allOfV6)),
        new Case(v4, PODS + "--nodeport-addresses=192.0.2.0/24", List.of()),
        new Case(both, PODS + "--nodeport-addresses=192.0.2.0/24,fd00::/64", List.of()),
        new Case(both, "--v=0", List.of("--cluster-cidr names no IPv4 or IPv6 range by")),
        new Case(
            both, "--cluster-cidr=10.0.0.0/8", List.of("--cluster-cidr names no IPv6 range by")),
        new Case(v4, "--cluster-cidr=10.0.0.0/8", List.of()),
        new Case(both, "--detect-local-mode=NodeCIDR", List.of()));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void saysWhatWouldSurprise(Case c) {
    RunArguments read =
        RunArguments.read(Splitter.on(' ').omitEmptyStrings().splitToList(c.flags), () -> "node1");
    Settings settings = assertInstanceOf(RunArguments.Accepted.class, read).settings();

    ImmutableList<String> lines = SettingsAdvice.of(settings, c.families);

    assertEquals(c.lines.size(), lines.size(), lines::toString);
    for (int i = 0; i < lines.size(); i++) {
      assertTrue(lines.get(i).startsWith(c.lines.get(i)), lines.get(i));
    }
  }
}
