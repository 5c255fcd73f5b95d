package io.fairlead.lab.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.Family;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Pod;
import io.fairlead.lab.rig.Rig;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The nf_tables table as an operator sees it. */
class FilterTableKernelTest {
  private final Rig rig = Rig.create();
  private final Node node = rig.node("node1");
  private final Pod pod = node.pod("pod1", "10.244.1.10", "fd00:244:1::10");
  // One element in each set: the kernel lists several in an order of its own.
  private final Service web = Objects.tcpOnly(Objects.service("web", "10.96.30.32", "fd00:96::20"));
  private final List<Object> cluster =
      List.of(
          web,
          Objects.slice(web, Family.IPV4, "node1", pod),
          Objects.slice(web, Family.IPV6, "node1", pod));

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void theTableIsShortWhateverTheNumberOfServices() throws Exception {
    try (NodeProxy _ = NodeProxy.start(node, cluster)) {
      assertEquals(
          """
          table inet fairlead {
            comment "made by fairlead, which undoes changes by others"
            set vips4 {
              type ipv4_addr
              elements = { 10.96.30.32 }
            }

            set services4 {
              type ipv4_addr . inet_proto . inet_service
              elements = { 10.96.30.32 . tcp . 80 }
            }

            set masquerade4 {
              type ipv4_addr . inet_proto . inet_service
            }

            set cluster_ips4 {
              type ipv4_addr . inet_proto . inet_service
              elements = { 10.96.30.32 . tcp . 80 }
            }

            set no_endpoints4 {
              type ipv4_addr . inet_proto . inet_service
            }

            set no_local4 {
              type ipv4_addr . inet_proto . inet_service
            }

            set no_local_external4 {
              type ipv4_addr . inet_proto . inet_service
            }

            set limited4 {
              type ipv4_addr . inet_proto . inet_service
            }

            set allowed4 {
              type ipv4_addr . inet_proto . inet_service . ipv4_addr
              flags interval
            }

            map local_only4 {
              type ipv4_addr . inet_proto . inet_service : mark
            }

            set hairpin4 {
              type ipv4_addr . inet_proto . inet_service . ipv4_addr
              elements = { 10.244.1.10 . tcp . 8080 . 10.244.1.10 }
            }

            set pods4 {
              type ipv4_addr
              flags interval
            }

            set vips6 {
              type ipv6_addr
              elements = { fd00:96::20 }
            }

            set services6 {
              type ipv6_addr . inet_proto . inet_service
              elements = { fd00:96::20 . tcp . 80 }
            }

            set masquerade6 {
              type ipv6_addr . inet_proto . inet_service
            }

            set cluster_ips6 {
              type ipv6_addr . inet_proto . inet_service
              elements = { fd00:96::20 . tcp . 80 }
            }

            set no_endpoints6 {
              type ipv6_addr . inet_proto . inet_service
            }

            set no_local6 {
              type ipv6_addr . inet_proto . inet_service
            }

            set no_local_external6 {
              type ipv6_addr . inet_proto . inet_service
            }

            set limited6 {
              type ipv6_addr . inet_proto . inet_service
            }

            set allowed6 {
              type ipv6_addr . inet_proto . inet_service . ipv6_addr
              flags interval
            }

            map local_only6 {
              type ipv6_addr . inet_proto . inet_service : mark
            }

            set hairpin6 {
              type ipv6_addr . inet_proto . inet_service . ipv6_addr
              elements = { fd00:244:1::10 . tcp . 8080 . fd00:244:1::10 }
            }

            set pods6 {
              type ipv6_addr
              flags interval
            }

            chain classify {
              ip daddr . meta l4proto . th dport @masquerade4 meta mark set meta mark | 0x00004000
              ip saddr @vips4 ip daddr . meta l4proto . th dport @services4 meta mark set meta mark | 0x00004000 comment "from a VIP"
              ip daddr . meta l4proto . th dport @cluster_ips4 ip saddr != 10.244.0.0/16 meta mark set meta mark | 0x00004000 comment "not from a pod"
              ip6 daddr . meta l4proto . th dport @masquerade6 meta mark set meta mark | 0x00004000
              ip6 saddr @vips6 ip6 daddr . meta l4proto . th dport @services6 meta mark set meta mark | 0x00004000 comment "from a VIP"
              ip6 daddr . meta l4proto . th dport @cluster_ips6 ip6 saddr != fd00:244::/32 meta mark set meta mark | 0x00004000 comment "not from a pod"
            }

            chain source_ranges {
              ip daddr . meta l4proto . th dport @limited4 ip daddr . meta l4proto . th dport . ip saddr != @allowed4 drop
              ip6 daddr . meta l4proto . th dport @limited6 ip6 daddr . meta l4proto . th dport . ip6 saddr != @allowed6 drop
            }

            chain refuse {
              meta l4proto tcp reject with tcp reset
              meta l4proto sctp reject with icmp prot-unreachable
              reject
            }

            chain prerouting {
              type filter hook prerouting priority dstnat - 10; policy accept;
              ct state new jump source_ranges
              ct state new jump classify
              ip daddr . meta l4proto . th dport @no_local_external4 ip saddr != 10.244.0.0/16 ct state new drop comment "not from a pod"
              ip saddr != 10.244.0.0/16 meta mark set ip daddr . meta l4proto . th dport map @local_only4 comment "not from a pod"
              ip6 daddr . meta l4proto . th dport @no_local_external6 ip6 saddr != fd00:244::/32 ct state new drop comment "not from a pod"
              ip6 saddr != fd00:244::/32 meta mark set ip6 daddr . meta l4proto . th dport map @local_only6 comment "not from a pod"
            }

            chain output {
              type filter hook output priority -110; policy accept;
              ct state new jump source_ranges
              ct state new jump classify
              ip daddr . meta l4proto . th dport @no_local4 ct state new drop
              ip daddr . meta l4proto . th dport @no_endpoints4 ct state new goto refuse
              ip6 daddr . meta l4proto . th dport @no_local6 ct state new drop
              ip6 daddr . meta l4proto . th dport @no_endpoints6 ct state new goto refuse
            }

            chain input {
              type filter hook input priority filter - 10; policy accept;
              ip daddr . meta l4proto . th dport @no_local4 ct state new drop
              ip daddr . meta l4proto . th dport @no_endpoints4 ct state new goto refuse
              ip daddr . meta l4proto . th dport @services4 accept
              ip daddr @vips4 meta l4proto { tcp, udp, sctp } ct state new goto refuse comment "the host's own services are not behind a VIP"
              ip6 daddr . meta l4proto . th dport @no_local6 ct state new drop
              ip6 daddr . meta l4proto . th dport @no_endpoints6 ct state new goto refuse
              ip6 daddr . meta l4proto . th dport @services6 accept
              ip6 daddr @vips6 meta l4proto { tcp, udp, sctp } ct state new goto refuse comment "the host's own services are not behind a VIP"
            }

            chain postrouting {
              type nat hook postrouting priority srcnat - 5; policy accept;
              ip daddr . meta l4proto . th dport . ip saddr @hairpin4 masquerade fully-random comment "a pod that reaches itself"
              ip6 daddr . meta l4proto . th dport . ip6 saddr @hairpin6 masquerade fully-random comment "a pod that reaches itself"
              meta mark & 0x00004000 == 0x00000000 return
              meta mark set meta mark & 0xffffbfff masquerade fully-random
            }
          }
          """,
          table());
    }
  }

  /** A name that is a word of nft's own would be listed, but not be read. */
  @Test
  void nftReadsWhatItLists() throws Exception {
    try (NodeProxy _ = NodeProxy.start(node, cluster)) {
      node.namespace().nft("delete table inet fairlead\n" + table());
    }
  }

  @Test
  void withMasqueradeAllEveryClusterIpFlowIsMarked() throws Exception {
    try (NodeProxy _ = NodeProxy.start(node, cluster, "--masquerade-all")) {
      assertEquals(
          """
              ip daddr . meta l4proto . th dport @cluster_ips4 meta mark set meta mark | 0x00004000
              ip6 daddr . meta l4proto . th dport @cluster_ips6 meta mark set meta mark | 0x00004000\
          """,
          table()
              .lines()
              .filter(line -> line.contains("@cluster_ips"))
              .collect(Collectors.joining("\n")));
    }
  }

  private String table() {
    return node.namespace().run("nft", "list", "table", "inet", "fairlead").replace("\t", "  ");
  }
}
