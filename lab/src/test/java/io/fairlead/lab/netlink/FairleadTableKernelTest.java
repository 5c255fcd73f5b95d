package io.fairlead.lab.netlink;

import static io.fairlead.netlink.nftables.Field.IIFNAME;
import static io.fairlead.netlink.nftables.Field.IP_DADDR;
import static io.fairlead.netlink.nftables.Field.IP_SADDR;
import static io.fairlead.netlink.nftables.Field.L4PROTO;
import static io.fairlead.netlink.nftables.Field.TH_DPORT;
import static io.fairlead.netlink.nftables.RuleBuilder.rule;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.netlink.NetAddress;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.nftables.Chain;
import io.fairlead.netlink.nftables.DataType;
import io.fairlead.netlink.nftables.Element;
import io.fairlead.netlink.nftables.ElementWriter;
import io.fairlead.netlink.nftables.Expression;
import io.fairlead.netlink.nftables.Field;
import io.fairlead.netlink.nftables.NamedSet;
import io.fairlead.netlink.nftables.Nftables;
import io.fairlead.netlink.nftables.Rule;
import io.fairlead.netlink.nftables.RuleBuilder;
import io.fairlead.netlink.nftables.Table;
import io.fairlead.netlink.nftables.TableFamily;
import io.fairlead.netlink.nftables.Transaction;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fairlead's own rules, as nft would have written them and as this library writes them. */
final class FairleadTableKernelTest {
  private static final String AS_TEXT =
      """
      table inet fairlead {
        set vips4 { type ipv4_addr; elements = { 10.96.0.10, 172.22.132.200, 172.22.132.201 } }
        set services4 { type ipv4_addr . inet_proto . inet_service; elements = { 10.96.0.10 . tcp . 80 } }
        set masquerade4 { type ipv4_addr . inet_proto . inet_service; }
        set masquerade_nonlocal4 { type ipv4_addr . inet_proto . inet_service; }
        set masquerade_host4 { type ipv4_addr . inet_proto . inet_service; }
        set hairpin4 {
          type ipv4_addr . inet_proto . inet_service . ipv4_addr
          elements = { 10.244.0.11 . tcp . 8080 . 10.244.0.11 }
        }
        map local_only4 {
          type ipv4_addr . inet_proto . inet_service : mark
          elements = { 172.22.132.201 . tcp . 80 : 77 }
        }
        set limited4 { type ipv4_addr . inet_proto . inet_service; }
        set allowed4 {
          type ipv4_addr . inet_proto . inet_service . ipv4_addr; flags interval;
          elements = { 10.96.0.10 . tcp . 80 . 192.0.2.0/24, 10.96.0.10 . tcp . 80 . 198.51.100.7 }
        }
        set pods4 { type ipv4_addr; flags interval; elements = { 10.244.1.0/24, 192.0.0.0/2 } }
        chain source_ranges {
          ip daddr . meta l4proto . th dport @limited4 ip daddr . meta l4proto . th dport . ip saddr != @allowed4 drop
        }
        chain classify {
          ip daddr . meta l4proto . th dport @masquerade4 meta mark set meta mark or 0x4000
          ip daddr . meta l4proto . th dport @masquerade_nonlocal4 ip saddr != 10.244.0.0/16 meta mark set meta mark or 0x4000
          ip daddr . meta l4proto . th dport @masquerade_host4 fib saddr type local meta mark set meta mark or 0x4000
        }
        chain prerouting { type filter hook prerouting priority -110; ct state new jump classify; }
        chain output { type filter hook output priority -110; ct state new jump classify; }
        chain external { type filter hook prerouting priority -105;
          ip saddr != 10.244.0.0/16 meta mark set ip daddr . meta l4proto . th dport map @local_only4
          ip saddr != @pods4 meta mark set ip daddr . meta l4proto . th dport map @local_only4
          iifname != "cbr0" meta mark set ip daddr . meta l4proto . th dport map @local_only4
          iifname != "veth*" meta mark set ip daddr . meta l4proto . th dport map @local_only4
          iifname "cali*" meta mark set ip daddr . meta l4proto . th dport map @local_only4
        }
        chain input { type filter hook input priority -10;
          ip daddr . meta l4proto . th dport @services4 accept
          ip daddr @vips4 meta l4proto { tcp, udp, sctp } ct state new reject with icmpx port-unreachable
        }
        chain postrouting { type nat hook postrouting priority 95;
          ip daddr . meta l4proto . th dport . ip saddr @hairpin4 masquerade fully-random comment "its own client"
          meta mark and 0x4000 == 0 return
          meta mark set meta mark and 0xffffbfff masquerade fully-random
        }
      }
      """;

  private static final Table TABLE = new Table(TableFamily.INET, "fairlead");
  private static final int MASQUERADE = 0x4000;
  private static final NetAddress PODS = NetAddress.v4(10 << 24 | 244 << 16);
  private static final DataType[] SERVICE = {
    DataType.IPV4_ADDR, DataType.INET_PROTO, DataType.INET_SERVICE
  };
  private static final Field[] DESTINATION = {IP_DADDR, L4PROTO, TH_DPORT};

  private static final NamedSet VIPS = NamedSet.of("vips4", DataType.IPV4_ADDR);
  private static final NamedSet SERVICES = NamedSet.of("services4", SERVICE);
  private static final NamedSet HAIRPIN =
      NamedSet.of(
          "hairpin4",
          DataType.IPV4_ADDR,
          DataType.INET_PROTO,
          DataType.INET_SERVICE,
          DataType.IPV4_ADDR);
  private static final NamedSet LOCAL_ONLY = NamedSet.of("local_only4", SERVICE).to(DataType.MARK);

  private static final NamedSet LIMITED = NamedSet.of("limited4", SERVICE);
  private static final NamedSet ALLOWED =
      NamedSet.of(
              "allowed4",
              DataType.IPV4_ADDR,
              DataType.INET_PROTO,
              DataType.INET_SERVICE,
              DataType.IPV4_ADDR)
          .withIntervals();
  private static final NamedSet POD_RANGES =
      NamedSet.of("pods4", DataType.IPV4_ADDR).withIntervals();

  private Inside ours;
  private Inside theirs;

  @BeforeEach
  void setUp() throws NetlinkException {
    ours = Inside.create();
    theirs = Inside.create();
  }

  @AfterEach
  void tearDown() {
    ours.close();
    theirs.close();
  }

  @Test
  void nftPrintsOurTableAsItPrintsItsOwn() throws IOException, InterruptedException {
    writeBoth();

    String wanted = theirs.run("nft", "list", "table", "inet", "fairlead");
    assertEquals(wanted, ours.run("nft", "list", "table", "inet", "fairlead"));
  }

  @Test
  void nftAndWeReadTheSameFromBoth() throws IOException, InterruptedException {
    writeBoth();

    try (NetlinkConnection here = ours.open(NetlinkConnection.NETFILTER);
        NetlinkConnection there = theirs.open(NetlinkConnection.NETFILTER)) {
      Nftables mine = new Nftables(here);
      Nftables nfts = new Nftables(there);
      assertEquals(List.of(TABLE), mine.tables());
      assertEquals(nfts.tables(), mine.tables());
      assertEquals(nfts.chains(TABLE), mine.chains(TABLE));
      assertEquals(new HashSet<>(nfts.sets(TABLE)), new HashSet<>(mine.sets(TABLE)));
      for (NamedSet set : List.of(VIPS, SERVICES, HAIRPIN, LOCAL_ONLY, ALLOWED)) {
        assertEquals(
            new HashSet<>(nfts.elements(TABLE, set.name())),
            new HashSet<>(mine.elements(TABLE, set.name())),
            set.name());
      }
      assertEquals(
          Element.ranges(nfts.elements(TABLE, "pods4")),
          Element.ranges(mine.elements(TABLE, "pods4")));
      assertEquals(
          rules(nfts).stream().map(FairleadTableKernelTest::withoutByteOrder).toList(),
          rules(mine));
      assertEquals(ourRules(), rules(mine));
    }
  }

  @Test
  void theIpv6HalfIsTheSameToo() throws IOException, InterruptedException {
    theirs.runWith(
        """
        table inet fairlead {
          set hairpin6 {
            type ipv6_addr . inet_proto . inet_service . ipv6_addr
            elements = { fd00::1 . udp . 53 . fd00::1 }
          }
          chain postrouting { type nat hook postrouting priority 95;
            ip6 daddr . meta l4proto . th dport . ip6 saddr @hairpin6 masquerade fully-random
            ip6 saddr != fd00::/16 drop
          }
        }
        """,
        "nft",
        "-f",
        "-");
    NetAddress pod = NetAddress.v6(0xfd00_0000_0000_0000L, 1);
    NamedSet hairpin6 =
        NamedSet.of(
            "hairpin6",
            DataType.IPV6_ADDR,
            DataType.INET_PROTO,
            DataType.INET_SERVICE,
            DataType.IPV6_ADDR);
    try (NetlinkConnection connection = ours.open(NetlinkConnection.NETFILTER)) {
      Transaction change = new Nftables(connection).change(TABLE);
      change.addTable();
      change.addSet(hairpin6);
      change.addElements(hairpin6).key().address(pod).u8(17).u16(53).address(pod);
      change.addChain(Chain.base("postrouting", Chain.Type.NAT, Chain.Hook.POSTROUTING, 95));
      change.addRule(
          in("postrouting")
              .in("hairpin6", Field.IP6_DADDR, L4PROTO, TH_DPORT, Field.IP6_SADDR)
              .masqueradeFullyRandom()
              .build());
      change.addRule(in("postrouting").outside(Field.IP6_SADDR, pod, 16).drop().build());
      change.commit();
    }
    assertEquals(theirs.run("nft", "list", "ruleset"), ours.run("nft", "list", "ruleset"));
    try (NetlinkConnection here = ours.open(NetlinkConnection.NETFILTER);
        NetlinkConnection there = theirs.open(NetlinkConnection.NETFILTER)) {
      assertEquals(rules(new Nftables(there)), rules(new Nftables(here)));
    }
  }

  private static List<Rule> rules(Nftables nftables) throws NetlinkException {
    return nftables.rules(TABLE).stream().map(Rule.Installed::rule).toList();
  }

  /** In ranges nft turns the bytes of a protocol around, of which there is one. */
  private static Rule withoutByteOrder(Rule rule) {
    List<Expression> others =
        rule.expressions().stream()
            .filter(step -> !(step instanceof Expression.Opaque o && o.name().equals("byteorder")))
            .toList();
    return new Rule(rule.chain(), others, rule.comment());
  }

  private void writeBoth() throws IOException, InterruptedException {
    theirs.runWith(AS_TEXT, "nft", "-f", "-");
    try (NetlinkConnection connection = ours.open(NetlinkConnection.NETFILTER)) {
      Transaction change = new Nftables(connection).change(TABLE);
      write(change);
      change.commit();
    }
  }

  private static void write(Transaction change) throws NetlinkException {
    change.addTable();
    change.addSet(VIPS);
    change.addSet(SERVICES);
    change.addSet(NamedSet.of("masquerade4", SERVICE));
    change.addSet(NamedSet.of("masquerade_nonlocal4", SERVICE));
    change.addSet(NamedSet.of("masquerade_host4", SERVICE));
    change.addSet(HAIRPIN);
    change.addSet(LOCAL_ONLY);
    change.addSet(LIMITED);
    change.addSet(ALLOWED);
    change.addSet(POD_RANGES);
    var vips = change.addElements(VIPS);
    vips.key().address(v4(10, 96, 0, 10));
    vips.key().address(v4(172, 22, 132, 200));
    vips.key().address(v4(172, 22, 132, 201));
    change.addElements(SERVICES).key().address(v4(10, 96, 0, 10)).u8(6).u16(80);
    change
        .addElements(HAIRPIN)
        .key()
        .address(v4(10, 244, 0, 11))
        .u8(6)
        .u16(8080)
        .address(v4(10, 244, 0, 11));
    change
        .addElements(LOCAL_ONLY)
        .key()
        .address(v4(172, 22, 132, 201))
        .u8(6)
        .u16(80)
        .value()
        .mark(77);
    allow(change, v4(192, 0, 2, 0), v4(192, 0, 2, 255));
    allow(change, v4(198, 51, 100, 7), v4(198, 51, 100, 7));
    ElementWriter pods = change.addElements(POD_RANGES);
    pods.key().address(v4(10, 244, 1, 0));
    pods.key().address(v4(10, 244, 2, 0)).intervalEnd();
    pods.key().address(v4(192, 0, 0, 0)); // to the end of all addresses
    for (Chain chain : chains()) {
      change.addChain(chain);
    }
    for (Rule rule : ourRules()) {
      change.addRule(rule);
    }
  }

  private static void allow(Transaction change, NetAddress first, NetAddress last)
      throws NetlinkException {
    change
        .addElements(ALLOWED)
        .key()
        .address(v4(10, 96, 0, 10))
        .u8(6)
        .u16(80)
        .address(first)
        .keyEnd()
        .address(v4(10, 96, 0, 10))
        .u8(6)
        .u16(80)
        .address(last);
  }

  private static List<Chain> chains() {
    return List.of(
        Chain.regular("source_ranges"),
        Chain.regular("classify"),
        Chain.base("prerouting", Chain.Type.FILTER, Chain.Hook.PREROUTING, -110),
        Chain.base("output", Chain.Type.FILTER, Chain.Hook.OUTPUT, -110),
        Chain.base("external", Chain.Type.FILTER, Chain.Hook.PREROUTING, -105),
        Chain.base("input", Chain.Type.FILTER, Chain.Hook.INPUT, -10),
        Chain.base("postrouting", Chain.Type.NAT, Chain.Hook.POSTROUTING, 95));
  }

  private static List<Rule> ourRules() {
    return List.of(
        in("source_ranges")
            .in("limited4", DESTINATION)
            .notIn("allowed4", IP_DADDR, L4PROTO, TH_DPORT, IP_SADDR)
            .drop()
            .build(),
        in("classify").in("masquerade4", DESTINATION).setMarkBits(MASQUERADE).build(),
        in("classify")
            .in("masquerade_nonlocal4", DESTINATION)
            .outside(IP_SADDR, PODS, 16)
            .setMarkBits(MASQUERADE)
            .build(),
        in("classify")
            .in("masquerade_host4", DESTINATION)
            .sourceIsLocal()
            .setMarkBits(MASQUERADE)
            .build(),
        in("prerouting").connectionState(RuleBuilder.NEW).jump("classify").build(),
        in("output").connectionState(RuleBuilder.NEW).jump("classify").build(),
        in("external").outside(IP_SADDR, PODS, 16).setMarkFrom("local_only4", DESTINATION).build(),
        in("external").notIn("pods4", IP_SADDR).setMarkFrom("local_only4", DESTINATION).build(),
        in("external").isNot(IIFNAME, "cbr0").setMarkFrom("local_only4", DESTINATION).build(),
        in("external")
            .startsOtherwise(IIFNAME, "veth")
            .setMarkFrom("local_only4", DESTINATION)
            .build(),
        in("external").startsWith(IIFNAME, "cali").setMarkFrom("local_only4", DESTINATION).build(),
        in("input").in("services4", DESTINATION).accept().build(),
        in("input")
            .in("vips4", IP_DADDR)
            .isOneOf(L4PROTO, 6, 17, 132)
            .connectionState(RuleBuilder.NEW)
            .rejectPortUnreachable()
            .build(),
        in("postrouting")
            .in("hairpin4", IP_DADDR, L4PROTO, TH_DPORT, IP_SADDR)
            .masqueradeFullyRandom()
            .comment("its own client")
            .build(),
        in("postrouting").markLacks(MASQUERADE).returns().build(),
        in("postrouting").clearMarkBits(MASQUERADE).masqueradeFullyRandom().build());
  }

  private static RuleBuilder in(String chain) {
    return rule(TABLE, chain);
  }

  private static NetAddress v4(int a, int b, int c, int d) {
    return NetAddress.v4(a << 24 | b << 16 | c << 8 | d);
  }
}
