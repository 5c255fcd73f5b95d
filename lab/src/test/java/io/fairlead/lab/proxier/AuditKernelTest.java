package io.fairlead.lab.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Comparison.Delta;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.dataplane.Drift;
import io.fairlead.core.dataplane.KernelState;
import io.fairlead.core.dataplane.KernelView;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.core.reconcile.ReconcilerSettings;
import io.fairlead.ipvs.IpvsAudit;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Rig;
import io.fairlead.proxier.kernel.KernelDataplane;
import io.fairlead.proxier.settings.LocalDetector;
import io.fairlead.proxier.settings.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an audit finds is what reading everything shows, whatever the usual tools did to the kernel.
 */
class AuditKernelTest {
  private static final String TABLE =
      """
      -A -t 10.96.0.10:80 -s rr
      -a -t 10.96.0.10:80 -r 10.244.1.7:8080 -m -w 1
      -a -t 10.96.0.10:80 -r 10.244.1.8:8080 -m -w 0
      -A -u 10.96.0.10:53 -s wrr -p 10800
      -a -u 10.96.0.10:53 -r 10.244.1.7:53 -m -w 1
      -A --sctp-service 10.96.0.10:3868 -s mh -b mh-fallback,mh-port
      -a --sctp-service 10.96.0.10:3868 -r 10.244.1.7:3868 -m -w 1
      -A -t [fd00:96::a]:80 -s lc
      -a -t [fd00:96::a]:80 -r [fd00:244::7]:8080 -m -w 1
      -A -t 10.96.0.11:80 -s rr
      -A -f 16385 -s mh
      -a -f 16385 -r 10.244.1.7:0 -m -w 1
      -A -f 16385 -6 -s mh
      -a -f 16385 -6 -r [fd00:244::7]:0 -m -w 1
      -A -f 4294967295 -s rr
      """;

  private final Rig rig = Rig.create();
  private final Node node = rig.node("node1");
  private final Reconciler reconciler =
      new Reconciler(new Planner(PlannerSettings.of("rr")), new ReconcilerSettings("node1"));
  private final KernelDataplane kernel;

  AuditKernelTest() {
    kernel =
        node.namespace()
            .call(() ->
                KernelDataplane.open(
                    new Settings.Masquerade(14, false, new LocalDetector.None())));
  }

  @BeforeEach
  void fill() {
    node.namespace().ipvsadm(TABLE);
    kernel.apply(
        ImmutableList.of(
            new Change.CreateDevice(),
            new Change.ReplaceFilter(ImmutableList.of(vip("10.96.0.10"), vip("fd00:96::a"))),
            new Change.BindAddress(IpAddress.parse("10.96.0.10")),
            new Change.BindAddress(IpAddress.parse("fd00:96::a"))));
  }

  @AfterEach
  void close() {
    kernel.close();
    rig.close();
  }

  @Test
  void whatIsAsBelievedDiffersNever() throws Exception {
    KernelState believed = kernel.read();

    for (int i = 0; i <= IpvsAudit.TURNS; i++) {
      assertEquals(Map.of(), kernel.compare(believed).virtualServers());
    }
    assertEquals(8, believed.virtualServers().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-e -t 10.96.0.10:80 -r 10.244.1.8:8080 -m -w 1",
        "-e -u 10.96.0.10:53 -r 10.244.1.7:53 -m -w 0",
        "-e --sctp-service 10.96.0.10:3868 -r 10.244.1.7:3868 -m -w 65535",
        "-e -t [fd00:96::a]:80 -r [fd00:244::7]:8080 -m -w 7",
        "-e -f 16385 -r 10.244.1.7:0 -m -w 2",
        "-e -f 16385 -6 -r [fd00:244::7]:0 -m -w 2",
        "-e -t 10.96.0.10:80 -r 10.244.1.7:8080 -g -w 1",
        "-e -t [fd00:96::a]:80 -r [fd00:244::7]:8080 -i -w 1",
        "-d -t 10.96.0.10:80 -r 10.244.1.7:8080",
        "-d -f 16385 -6 -r [fd00:244::7]:0",
        "-a -t 10.96.0.10:80 -r 10.244.1.9:8080 -m -w 1",
        "-a -t 10.96.0.10:80 -r 10.244.1.7:8081 -m -w 1",
        "-a -t 10.96.0.11:80 -r 10.244.1.7:8080 -m -w 0",
        "-a -f 4294967295 -r 10.244.1.7:0 -m -w 1",
        "-E -t 10.96.0.10:80 -s lc",
        "-E --sctp-service 10.96.0.10:3868 -s mh -b mh-fallback",
        "-E --sctp-service 10.96.0.10:3868 -s mh",
        "-E -u 10.96.0.10:53 -s wrr -o",
        "-E -t 10.96.0.10:80 -s rr -p 300",
        "-E -u 10.96.0.10:53 -s wrr",
        "-E -u 10.96.0.10:53 -s wrr -p 10801",
        "-E -u 10.96.0.10:53 -s wrr -p 10800 -M 255.255.255.0",
        "-E -t [fd00:96::a]:80 -s lc -p 300 -M 64",
        "-E -f 16385 -s wrr",
        "-E -f 16385 -6 -s wrr",
        "-D -t 10.96.0.10:80",
        "-D -t [fd00:96::a]:80",
        "-D -t 10.96.0.11:80",
        "-D -f 16385",
        "-D -f 16385 -6",
        "-D -f 4294967295",
        "-A -t 10.96.0.12:80 -s rr",
        "-A -f 7 -6 -s rr",
        "-A -f 4294967295 -6 -s rr",
      })
  void anyDriftOfIpvsIsFoundAtOnce(String command) throws Exception {
    KernelState believed = kernel.read();

    node.namespace().ipvsadm(command + "\n");

    var found = kernel.compare(believed).virtualServers();
    assertEquals(1, found.size(), found::toString);
    assertEquals(differences(believed), found);
  }

  @Test
  void aTableThatWasClearedIsFoundToBe() throws Exception {
    KernelState believed = kernel.read();

    node.namespace().run("ipvsadm", "-C");

    var found = kernel.compare(believed).virtualServers();
    assertEquals(believed.virtualServers().keySet(), found.keySet());
    assertTrue(found.values().stream().allMatch(Optional::isEmpty), found::toString);
  }

  /** /proc/net/ip_vs does not tell of them. */
  @Test
  void thresholdsAreFoundInTheirTurn() throws Exception {
    KernelState believed = kernel.read();
    node.namespace()
        .ipvsadm(
            """
            -e -t 10.96.0.10:80 -r 10.244.1.7:8080 -m -w 1 -x 100 -y 50
            -e -f 16385 -6 -r [fd00:244::7]:0 -m -w 1 -x 100
            """);
    Map<VirtualServerKey, Optional<VirtualServer>> found = new HashMap<>();

    for (int i = 0; i < IpvsAudit.TURNS; i++) {
      found.putAll(kernel.compare(believed).virtualServers());
    }

    assertEquals(2, found.size(), found::toString);
    assertEquals(differences(believed), found);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ip addr del 10.96.0.10/32 dev kube-ipvs0",
        "ip addr del fd00:96::a/128 dev kube-ipvs0",
        "ip addr add 10.96.0.77/32 dev kube-ipvs0",
        "ip addr add 10.96.0.10/24 dev kube-ipvs0",
        "ip addr add 192.168.50.77/24 dev eth0",
        "ip link del kube-ipvs0",
        "nft delete element inet fairlead vips4 { 10.96.0.10 }",
        "nft add element inet fairlead vips4 { 10.96.0.77 }",
        "nft add element inet fairlead services6 { fd00:96::a . tcp . 80 }",
        "nft flush set inet fairlead vips6",
        "nft flush chain inet fairlead classify",
        "nft delete table inet fairlead",
        "nft add table inet other",
      })
  void anyDriftOfTheRestIsFoundAtOnce(String command) throws Exception {
    audit();
    audit(); // by now the rules are known by their version

    node.namespace().run(command.split(" ", -1));

    KernelState now = kernel.read();
    Drift found = kernel.compare(believed());
    Drift want = Drift.between(believed(), now);
    assertEquals(want.device(), found.device());
    assertEquals(want.boundAddresses(), found.boundAddresses());
    assertEquals(now.nodeAddresses(), found.nodeAddresses());
    assertEquals(want.filterIntact(), found.filterIntact());
    assertEquals(want.elements(), found.elements());
  }

  @Test
  void theFilterIsKnownAgainUntilAnybodyChangesTheRuleset() throws Exception {
    audit();
    OptionalInt version = believed().filterVersion();

    assertFalse(version.isEmpty());
    assertEquals(version, kernel.compare(believed()).filterVersion());
    node.namespace().run("nft", "add", "table", "inet", "other");
    assertNotEquals(version, kernel.compare(believed()).filterVersion());
    assertEquals(Delta.none(), kernel.compare(believed()).elements());
  }

  private KernelView believed() {
    return reconciler.believed();
  }

  private void audit() throws DataplaneException {
    reconciler.observe(kernel.compare(believed()), ImmutableSet.of());
  }

  private ImmutableMap<VirtualServerKey, Optional<VirtualServer>> differences(KernelState believed)
      throws DataplaneException {
    return Drift.differences(believed.virtualServers(), kernel.read().virtualServers());
  }

  private static SetElement vip(String address) {
    return new SetElement.Vip(IpAddress.parse(address));
  }
}
