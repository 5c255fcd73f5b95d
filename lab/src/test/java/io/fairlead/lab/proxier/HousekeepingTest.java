package io.fairlead.lab.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Client;
import io.fairlead.lab.rig.Namespace.Printed;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.NodeDaemon;
import io.fairlead.lab.rig.Pod;
import io.fairlead.lab.rig.Rig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the daemon does to a node beside load balancing, and how it follows the node's addresses.
 */
class HousekeepingTest {
  private static final int NODE_PORT = 30080;

  /** Much less than the 10 minutes to the audit; it takes a few milliseconds on a real machine. */
  private static final Duration SOON = Duration.ofSeconds(20);

  private static final ImmutableList<String> SYSCTLS =
      ImmutableList.of(
          "net/ipv4/vs/conntrack",
          "net/ipv4/vs/expire_nodest_conn",
          "net/ipv4/vs/expire_quiescent_template",
          "net/ipv4/ip_forward",
          "net/ipv4/conf/all/arp_ignore",
          "net/ipv4/conf/all/arp_announce",
          "net/netfilter/nf_conntrack_tcp_timeout_established",
          "net/netfilter/nf_conntrack_tcp_timeout_close_wait",
          "net/netfilter/nf_conntrack_udp_timeout",
          "net/netfilter/nf_conntrack_tcp_be_liberal");

  private final Rig rig = Rig.create();
  private final Node node = rig.node("node1");
  private final Pod pod = node.pod("pod1", "10.244.1.10", "fd00:244:1::10");
  private final Client client = rig.client("client", node);
  private final Service web =
      new Service(
          new ObjectName("default", "web"),
          Service.Type.NODE_PORT,
          ImmutableList.of(IpAddress.parse("10.96.30.32"), IpAddress.parse("fd00:10:96::20")),
          ImmutableList.of(
              new Service.Port(Protocol.TCP.name(), Protocol.TCP, Objects.PORT, NODE_PORT)),
          ImmutableList.of(),
          ImmutableList.of(),
          ImmutableList.of(),
          new Service.Affinity.None(),
          Service.TrafficPolicy.CLUSTER,
          Service.TrafficPolicy.CLUSTER,
          0,
          ImmutableMap.of());
  private final List<Object> cluster =
      List.of(
          web,
          Objects.slice(web, Family.IPV4, "node1", pod),
          Objects.slice(web, Family.IPV6, "node1", pod));

  @BeforeEach
  void serve() {
    pod.serve(Objects.TARGET_PORT);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void sysctlsAreSetAndCleanupPutsThemBack() {
    node.namespace().sysctl("net/ipv4/ip_forward", 0);
    Map<String, String> before = sysctls();

    for (int start = 0; start < 2; start++) { // what a second start finds is not what was
      NodeProxy.start(node, cluster, flags()).close();
      assertEquals(
          List.of("1", "1", "1", "1", "1", "2", "7200", "1800", "20", "1"),
          SYSCTLS.stream().map(sysctls()::get).toList());
    }
    assertEquals(0, cleanup().status());
    assertEquals(before, sysctls());
    assertEquals(
        "", cleanup().text().lines().filter(it -> it.contains("sysctl")).findAny().orElse(""));
  }

  @Test
  void whatAnAdministratorSetSinceStays() {
    NodeProxy.start(node, cluster, flags()).close();
    node.namespace().sysctl("net/ipv4/conf/all/arp_ignore", 8);

    Printed cleanup = cleanup();

    assertTrue(
        cleanup
            .text()
            .contains("sysctl net.ipv4.conf.all.arp_ignore left at 8: Fairlead had set 1"),
        cleanup::text);
    assertEquals("8", sysctls().get("net/ipv4/conf/all/arp_ignore"));
    assertEquals("0", sysctls().get("net/ipv4/conf/all/arp_announce"));
  }

  @Test
  void anAddressThatComesServesNodePortsWithoutAnAudit() throws Exception {
    IpAddress v4 = IpAddress.parse("192.168.50.77");
    IpAddress v6 = IpAddress.parse("fd00:50::77");
    try (NodeProxy _ = NodeProxy.start(node, cluster, flags())) {
      node.namespace()
          .ip("addr add " + v4 + "/24 dev eth0\naddr add " + v6 + "/64 dev eth0 nodad\n");
      within(SOON, "both are served", () -> serves(v4) && serves(v6));
      assertEquals(Optional.of("pod1"), client.tcp(v4, NODE_PORT).answeredBy());
      assertEquals(Optional.of("pod1"), client.tcp(v6, NODE_PORT).answeredBy());
      assertTrue(serves(node.v4()) && serves(node.v6()));
    }
  }

  @Test
  void anAddressThatGoesServesNoNodePortAnyMore() throws Exception {
    node.namespace().ip("addr add 192.168.50.77/24 dev eth0\naddr add 192.168.50.78/24 dev eth0\n");
    IpAddress idle = IpAddress.parse("192.168.50.77");
    IpAddress busy = IpAddress.parse("192.168.50.78");
    try (NodeProxy _ = NodeProxy.start(node, cluster, flags())) {
      assertEquals(Optional.of("pod1"), client.tcp(busy, NODE_PORT).answeredBy());

      node.namespace()
          .ip("addr del 192.168.50.77/24 dev eth0\naddr del 192.168.50.78/24 dev eth0\n");

      within(SOON, "the idle one is gone", () -> !serves(idle));
      String draining = "-a -t 192.168.50.78:30080 -r 10.244.1.10:8080 -m -w 0";
      within(SOON, "the busy one drains", () -> ipvs().contains(draining));
      assertTrue(serves(node.v4()));
    }
  }

  @Test
  void addressesOfKubeIpvs0ServeNoNodePorts() {
    try (NodeProxy proxy = NodeProxy.start(node, cluster, flags())) {
      proxy.audit();

      assertEquals(List.of(false, false), web.clusterIps().stream().map(this::serves).toList());
    }
  }

  private static String[] flags() {
    return new String[] {
      "--ipvs-sync-period=10m",
      "--ipvs-strict-arp",
      "--conntrack-tcp-timeout-established=2h",
      "--conntrack-tcp-timeout-close-wait=30m",
      "--conntrack-udp-timeout=20s",
      "--conntrack-tcp-be-liberal"
    };
  }

  private boolean serves(IpAddress address) {
    String host = address.family() == Family.IPV6 ? "[" + address + "]" : address.toString();
    return ipvs().contains("-A -t " + host + ":" + NODE_PORT + " ");
  }

  private String ipvs() {
    return node.namespace().run("ipvsadm", "-Sn");
  }

  private static void within(Duration time, String what, BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - end < 0, "not within " + time + ": " + what);
      Thread.sleep(50);
    }
  }

  private Map<String, String> sysctls() {
    Map<String, String> values = new TreeMap<>();
    for (String key : SYSCTLS) {
      values.put(key, node.namespace().run("cat", "/proc/sys/" + key).strip());
    }
    return values;
  }

  private Printed cleanup() {
    Stream<String> command =
        CommandTest.java("cleanup", "--ownership-record=" + NodeDaemon.ownershipRecord(node));
    return node.namespace().attempt(command.toArray(String[]::new));
  }
}
