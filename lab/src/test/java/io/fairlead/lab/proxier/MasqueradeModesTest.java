package io.fairlead.lab.proxier;

import static io.fairlead.lab.proxier.Objects.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** P24: whose flows to a ClusterIP are masqueraded, and who counts as an outsider. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MasqueradeModesTest {
  private final TwoNodes stage = new TwoNodes();
  private final Service web =
      ServiceDraft.of("web", "10.96.0.1", "fd00:10:96::1")
          .externalIps("10.100.0.1", "fd00:22::1")
          .externalLocal()
          .service();

  @AfterAll
  void stop() {
    stage.close();
  }

  @ParameterizedTest
  @CsvSource({
    // flags                                                            , client, pod
    "--cluster-cidr=10.244.0.0/16;fd00:244::/32,                          node, pod",
    "--cluster-cidr=10.244.0.0/16;fd00:244::/32 --masquerade-all,         node, node",
    "--detect-local-mode=NodeCIDR,                                        node, pod",
    "--detect-local-mode=InterfaceNamePrefix --pod-interface-name-prefix=pod, node, pod",
    "--detect-local-mode=InterfaceNamePrefix --pod-interface-name-prefix=cali, node, node",
    "--detect-local-mode=BridgeInterface --pod-bridge-interface=cbr0,     node, node",
    "--cluster-cidr=,                                                     client, pod"
  })
  void p24OutsidersAreMasqueradedOnTheirWayToAClusterIp(String flags, String client, String pod) {
    start(flags);
    // Of an outsider that is not masqueraded only a pod of this node can answer.
    stage.proxy().apply(stage.slices(web, "near1").toArray());

    for (Family family : Family.values()) {
      IpAddress vip = IpAddress.parse(family == Family.IPV4 ? "10.96.0.1" : "fd00:10:96::1");
      assertEquals(source(client, family), seen(stage.client, vip), flags + " client " + family);
      assertEquals(source(pod, family), seen(stage.caller, vip), flags + " pod " + family);
      assertEquals(source("node", family), seen(stage.here, vip), flags + " node " + family);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--cluster-cidr=10.244.0.0/16;fd00:244::/32,                              far near1",
    "--detect-local-mode=NodeCIDR,                                            far near1",
    "--detect-local-mode=InterfaceNamePrefix --pod-interface-name-prefix=pod, far near1",
    "--detect-local-mode=InterfaceNamePrefix --pod-interface-name-prefix=cali, near1",
    "--cluster-cidr=,                                                         near1"
  })
  void aPodThatIsKnownAsOneIsNoOutsider(String flags, String endpoints) {
    start(flags);

    for (String vip : List.of("10.100.0.1", "fd00:22::1")) {
      IpAddress address = IpAddress.parse(vip);
      assertEquals("near1", TwoNodes.answering(stage.client, address, PORT, Protocol.TCP), flags);
      assertEquals(endpoints, TwoNodes.answering(stage.caller, address, PORT, Protocol.TCP), flags);
      assertEquals("far near1", TwoNodes.answering(stage.here, address, PORT, Protocol.TCP), flags);
    }
  }

  /** Nothing would ever reach an outsider there otherwise: pods could not be told from it. */
  @ParameterizedTest
  @CsvSource({"--cluster-cidr="})
  void withoutAWayToKnowPodsTheyStillReachAnAddressWithoutLocalEndpoints(String flags) {
    start(flags);
    stage.proxy().apply(stage.slices(web, "far").toArray());

    IpAddress address = IpAddress.parse("10.100.0.1");
    assertEquals("far", TwoNodes.answering(stage.caller, address, PORT, Protocol.TCP));
    assertEquals("far", TwoNodes.answering(stage.here, address, PORT, Protocol.TCP));
  }

  @ParameterizedTest
  @CsvSource({"0", "15", "31"})
  void anyBitMaySayMasquerade(int bit) {
    start("--iptables-masquerade-bit=" + bit);

    IpAddress vip = IpAddress.parse("10.96.0.1");
    assertEquals(Set.of(stage.here.v4()), seen(stage.client, vip));
    assertEquals(
        Set.of(stage.client.v4()),
        seen(stage.client, IpAddress.parse("10.100.0.1")),
        "a mark of Fairlead's never holds that bit");
  }

  private void start(String flags) {
    List<Object> objects = new ArrayList<>(List.of(web, Objects.node(stage.here)));
    objects.addAll(stage.slices(web, "near1", "far"));
    stage.start(objects, flags.strip().replace(';', ',').split(" "));
  }

  private Set<IpAddress> source(String who, Family family) {
    Host host =
        switch (who) {
          case "node" -> stage.here;
          case "client" -> stage.client;
          case "pod" -> stage.caller;
          default -> throw new IllegalArgumentException(who);
        };
    return Set.of(host.addresses().of(family));
  }

  private static Set<IpAddress> seen(Host from, IpAddress vip) {
    return TwoNodes.sources(from, vip, PORT, Protocol.TCP);
  }
}
