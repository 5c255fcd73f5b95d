package io.fairlead.lab.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Client;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Pod;
import io.fairlead.lab.rig.Rig;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.conntrack.Connection;
import io.fairlead.netlink.conntrack.ConnectionFilter;
import io.fairlead.netlink.conntrack.Conntrack;
import io.fairlead.netlink.jna.Netlink;
import io.fairlead.proxier.kernel.KernelDataplane;
import io.fairlead.proxier.settings.LocalDetector;
import io.fairlead.proxier.settings.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** UDP clients that never pause, when the pod that they talk to goes away. */
class ForgetFlowsKernelTest {
  private static final int SERVED = 8053;
  private static final int CLIENT_PORT = 40000; // every datagram belongs to the same flow
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Rig rig = Rig.create();
  private final Node node = rig.node("node1");
  private final Pod pod1 = node.pod("pod1", "10.244.1.10", "fd00:244:1::10");
  private final Pod pod2 = node.pod("pod2", "10.244.1.11", "fd00:244:1::11");
  private final Client client = rig.client("client", node);
  private final KernelDataplane kernel =
      node.namespace()
          .call(() ->
              KernelDataplane.open(new Settings.Masquerade(14, false, new LocalDetector.None())));

  @BeforeEach
  void start() {
    node.namespace().sysctl("net/ipv4/vs/conntrack", 1);
    node.namespace().sysctl("net/ipv4/vs/expire_nodest_conn", 1);
    pod1.serve(SERVED);
    pod2.serve(SERVED);
    apply(new Change.CreateDevice(), new Change.ReplaceFilter(ImmutableList.of()));
  }

  @AfterEach
  void close() {
    kernel.close();
    rig.close();
  }

  /** With a mode of kube-proxy that translates by itself, IPVS never sees the flows it left. */
  @ParameterizedTest
  @EnumSource(Family.class)
  void aClientOfAFormerProxyMovesToTheOtherPodAndOtherPortsStay(Family family) {
    Addressed dns = port(family, 53);
    Addressed other = port(family, 54);
    node.namespace()
        .nft(
            """
            table inet former {
              chain prerouting { type nat hook prerouting priority -100;
                ip daddr 10.96.0.10 udp dport 53-54 dnat ip to 10.244.1.10:8053
                ip6 daddr fd00:96::a udp dport 53-54 dnat ip6 to [fd00:244:1::10]:8053
              }
            }
            """);
    assertEquals("pod1", answer(dns));
    assertEquals("pod1", answer(other));
    node.namespace().nft("delete table inet former");
    serve(dns, pod2);
    serve(other, pod2);
    assertEquals("pod1", answer(dns), "the flow goes where it went");

    apply(new Change.ForgetFlows(dns, ImmutableSet.of(server(dns, pod2))));

    assertEquals(Set.of(other.port()), trackedPorts());
    assertEquals("pod2", answer(dns));
    assertEquals("pod1", answer(other));
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void aClientMovesWhenItsPodIsReplaced(Family family) {
    Addressed dns = port(family, 53);
    serve(dns, pod1);
    assertEquals("pod1", answer(dns));

    apply(
        new Change.AddRealServer(dns, server(dns, pod2), RealServerOptions.masquerade(1)),
        new Change.RemoveRealServer(dns, server(dns, pod1)),
        new Change.ForgetFlows(dns, ImmutableSet.of(server(dns, pod2))));

    assertEquals(Set.of(), trackedPorts());
    assertEquals("pod2", answer(dns));
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void aFlowToAPodThatStaysIsKept(Family family) {
    Addressed dns = port(family, 53);
    serve(dns, pod1);
    assertEquals("pod1", answer(dns));

    apply(new Change.ForgetFlows(dns, ImmutableSet.of(server(dns, pod1), server(dns, pod2))));

    assertEquals(Set.of(53), trackedPorts());
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void aFlowFromBeforeTheServiceIsForgotten(Family family) {
    Addressed dns = port(family, 53);
    apply(new Change.BindAddress(dns.address()));
    assertEquals("nobody", answer(dns));
    assertEquals(Set.of(53), trackedPorts());

    serve(dns, pod1);
    apply(new Change.ForgetFlows(dns, ImmutableSet.of(server(dns, pod1))));

    assertEquals(Set.of(), trackedPorts());
    assertEquals("pod1", answer(dns));
  }

  @Test
  void flowsOfManyPortsAndAddressesAreForgottenTogether() {
    List<Addressed> ports =
        IntStream.range(0, 12)
            .mapToObj(i ->
                new Addressed(
                    IpAddress.parse((i % 2 == 0 ? "10.96.0.1" : "fd00:96::1") + i),
                    100 + i,
                    Protocol.UDP))
            .toList();
    ports.forEach(port -> {
      apply(new Change.BindAddress(port.address()));
      client.udp(port.address(), port.port(), CLIENT_PORT, Duration.ofMillis(50));
    });
    assertEquals(12, trackedPorts().size());

    apply(
        ports.subList(0, 11).stream()
            .map(port -> new Change.ForgetFlows(port, ImmutableSet.of()))
            .toArray(Change[]::new));

    assertEquals(Set.of(111), trackedPorts());
  }

  /** A virtual server on an address of its own, whose flows are masqueraded. */
  private void serve(Addressed key, Pod pod) {
    int bits = key.family().bits();
    apply(
        new Change.EditFilter(
            ImmutableList.<SetElement>of(
                new ServicePort(
                    ServicePort.Set.MASQUERADE, key.address(), Protocol.UDP, key.port())),
            ImmutableList.of()),
        new Change.BindAddress(key.address()),
        new Change.AddVirtualServer(key, new VirtualServerOptions("rr", 0, 0, bits)),
        new Change.AddRealServer(key, server(key, pod), RealServerOptions.masquerade(1)));
  }

  /** Who answers one of three datagrams: IPVS drops the one by which it learns of the end. */
  private String answer(Addressed key) {
    return Stream.generate(
            () -> client.udp(key.address(), key.port(), CLIENT_PORT, PATIENCE).answeredBy())
        .limit(3)
        .flatMap(Optional::stream)
        .findFirst()
        .orElse("nobody");
  }

  /** The ports to which the client has UDP flows, as they were opened. */
  private Set<Integer> trackedPorts() {
    return node.namespace()
        .call(() -> {
          try (NetlinkConnection connection = Netlink.open(NetlinkConnection.NETFILTER)) {
            return new Conntrack(connection)
                .list(ConnectionFilter.ALL.withProtocol(Protocol.UDP.number())).stream()
                    .map(Connection::original)
                    .filter(sent -> sent.sourcePort() == CLIENT_PORT)
                    .map(sent -> sent.destinationPort())
                    .collect(Collectors.toSet());
          }
        });
  }

  private void apply(Change... changes) {
    assertEquals(List.of(), kernel.apply(ImmutableList.copyOf(changes)));
  }

  private static Addressed port(Family family, int port) {
    String vip = family == Family.IPV4 ? "10.96.0.10" : "fd00:96::a";
    return new Addressed(IpAddress.parse(vip), port, Protocol.UDP);
  }

  private static RealServer server(Addressed key, Pod pod) {
    return new RealServer(pod.addresses().of(key.family()), SERVED);
  }
}
