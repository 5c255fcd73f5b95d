package io.fairlead.lab.netlink;

import static io.fairlead.netlink.nftables.RuleBuilder.rule;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetAddress;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.nftables.Bytes;
import io.fairlead.netlink.nftables.Chain;
import io.fairlead.netlink.nftables.DataType;
import io.fairlead.netlink.nftables.Element;
import io.fairlead.netlink.nftables.ElementWriter;
import io.fairlead.netlink.nftables.Expression;
import io.fairlead.netlink.nftables.Field;
import io.fairlead.netlink.nftables.NamedSet;
import io.fairlead.netlink.nftables.Nftables;
import io.fairlead.netlink.nftables.Rule;
import io.fairlead.netlink.nftables.Table;
import io.fairlead.netlink.nftables.TableFamily;
import io.fairlead.netlink.nftables.Transaction;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions and what is read back after them, in a running kernel. */
final class NftablesKernelTest {
  private static final Table TABLE = new Table(TableFamily.INET, "test", "for a test");
  private static final NamedSet PORTS =
      NamedSet.of("ports", DataType.IPV4_ADDR, DataType.INET_PROTO, DataType.INET_SERVICE);
  private static final NamedSet MARKS =
      NamedSet.of("marks", DataType.IPV4_ADDR).to(DataType.MARK).withComment("whose they are");
  private static final int TCP = 6;

  private Inside inside;
  private NetlinkConnection connection;
  private Nftables nftables;

  @BeforeEach
  void setUp() throws NetlinkException {
    inside = Inside.create();
    connection = inside.open(NetlinkConnection.NETFILTER);
    nftables = new Nftables(connection);
    Transaction change = nftables.change(TABLE);
    change.addTable();
    change.addSet(PORTS);
    change.addSet(MARKS);
    change.addChain(Chain.regular("first").withComment("goes on"));
    change.commit();
  }

  @AfterEach
  void tearDown() {
    connection.close();
    inside.close();
  }

  @Test
  void whatWasAddedIsReadBack() throws NetlinkException {
    assertEquals(List.of(TABLE), nftables.tables());
    assertEquals(List.of(Chain.regular("first").withComment("goes on")), nftables.chains(TABLE));
    assertEquals(List.of(PORTS, MARKS), nftables.sets(TABLE));
  }

  @Test
  void commentsAreShownToPeople() throws IOException, InterruptedException {
    String listed = inside.run("nft", "list", "ruleset");
    for (String comment : List.of("for a test", "goes on", "whose they are")) {
      assertTrue(listed.contains("comment \"" + comment + "\""), listed);
    }
  }

  @Test
  void addingWhatExistsChangesNothing() throws NetlinkException {
    addPorts(0, 10);
    Transaction change = nftables.change(TABLE);
    change.addTable();
    change.addSet(PORTS);
    change.addElements(PORTS).key().address(32, 0, 3).u8(TCP).u16(80);
    change.commit();

    assertEquals(keys(0, 10), found(PORTS));
  }

  @Test
  void fortyThousandElementsGoInOneTransaction() throws NetlinkException {
    addPorts(0, 40_000);
    assertEquals(40_000, nftables.elements(TABLE, "ports").size());

    Transaction change = nftables.change(TABLE);
    ElementWriter gone = change.deleteElements(PORTS);
    for (int i = 100; i < 40_000; i++) {
      gone.key().address(32, 0, i).u8(TCP).u16(80);
    }
    change.addChain(Chain.regular("after many messages"));
    change.commit();
    assertEquals(keys(0, 100), found(PORTS));
    assertEquals(2, nftables.chains(TABLE).size());
  }

  @Test
  void aRefusedElementRefusesEverythingAndIsNamed() throws NetlinkException {
    addPorts(0, 10);
    Transaction change = nftables.change(TABLE);
    change.addChain(Chain.regular("second"));
    change.addElements(PORTS).key().address(32, 0, 99).u8(TCP).u16(80);
    change.deleteElements(PORTS).key().address(32, 0, 77).u8(TCP).u16(80);
    NetlinkException e = assertThrows(NetlinkException.class, change::commit);

    assertEquals(Errno.ENOENT, e.errno(), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).contains("elements of set ports"), e.getMessage());
    assertEquals(keys(0, 10), found(PORTS));
    assertEquals(1, nftables.chains(TABLE).size());
  }

  @Test
  void aTransactionCanFollowARefusedOne() throws NetlinkException {
    Transaction refused = nftables.change(TABLE);
    refused.deleteSet("nothing");
    NetlinkException e = assertThrows(NetlinkException.class, refused::commit);
    assertTrue(String.valueOf(e.getMessage()).contains("set nothing"), e.getMessage());

    addPorts(0, 1);
    assertEquals(keys(0, 1), found(PORTS));
  }

  @Test
  void aKeyOfTheWrongLengthIsRefusedBeforeItIsSent() throws NetlinkException {
    ElementWriter elements = nftables.change(TABLE).addElements(PORTS);
    elements.key().address(32, 0, 1).u8(TCP);
    IllegalStateException e = assertThrows(IllegalStateException.class, elements::key);
    assertTrue(String.valueOf(e.getMessage()).contains("ports"), e.getMessage());
  }

  @Test
  void aMapHoldsValuesAndRefusesAnother() throws NetlinkException {
    Transaction change = nftables.change(TABLE);
    change.addElements(MARKS).key().address(32, 0, 1).value().mark(77);
    change.commit();
    assertEquals(
        List.of(Element.of(Bytes.network(1, 4), Bytes.host32(77))),
        nftables.elements(TABLE, "marks"));

    Transaction other = nftables.change(TABLE);
    other.addElements(MARKS).key().address(32, 0, 1).value().mark(78);
    assertEquals(Errno.EEXIST, assertThrows(NetlinkException.class, other::commit).errno());

    Transaction replace = nftables.change(TABLE);
    replace.deleteElements(MARKS).key().address(32, 0, 1);
    replace.addElements(MARKS).key().address(32, 0, 1).value().mark(78);
    replace.commit();
    assertEquals(Bytes.host32(78), nftables.elements(TABLE, "marks").getFirst().value());
  }

  @Test
  void aFlushedSetIsEmpty() throws NetlinkException {
    addPorts(0, 10);
    Transaction change = nftables.change(TABLE);
    change.flushSet("ports");
    change.addElements(PORTS).key().address(32, 0, 5).u8(TCP).u16(80);
    change.commit();
    assertEquals(keys(5, 6), found(PORTS));
  }

  @Test
  void rangesAndTimeoutsAreUnderstoodByNft() throws IOException, InterruptedException {
    NamedSet nets = NamedSet.of("nets", DataType.IPV4_ADDR).withFlags(NamedSet.Flag.INTERVAL);
    NamedSet brief = NamedSet.of("brief", DataType.IPV4_ADDR).withFlags(NamedSet.Flag.TIMEOUT);
    Transaction change = nftables.change(TABLE);
    change.addSet(nets);
    change.addSet(brief);
    ElementWriter ranges = change.addElements(nets);
    ranges.key().address(32, 0, 0x0a000000);
    ranges.key().address(32, 0, 0x0b000000).intervalEnd();
    change.addElements(brief).key().address(32, 0, 0x0a000001).timeoutMillis(3_600_000);
    change.commit();

    String listed = inside.run("nft", "list", "ruleset");
    assertTrue(listed.contains("elements = { 10.0.0.0/8 }"), listed);
    assertTrue(listed.contains("10.0.0.1 timeout 1h"), listed);
    assertTrue(nftables.sets(TABLE).containsAll(List.of(nets, brief)));
    assertTrue(
        nftables
            .elements(TABLE, "nets")
            .contains(new Element(Bytes.network(0x0b000000, 4), Bytes.NONE, Bytes.NONE, true)));
  }

  @Test
  void aRuleIsDeletedByItsHandleAndAChainIsRewritten() throws NetlinkException {
    Rule accept = rule(TABLE, "first").is(Field.TH_DPORT, 80).accept().build();
    Rule drop = rule(TABLE, "first").counter().drop().comment("the rest").build();
    Transaction change = nftables.change(TABLE);
    change.addRule(accept);
    change.addRule(drop);
    change.commit();
    List<Rule.Installed> installed = nftables.rules(TABLE, "first");
    assertEquals(List.of(accept, drop), rules(installed));

    Transaction delete = nftables.change(TABLE);
    delete.deleteRule(installed.getFirst());
    delete.commit();
    assertEquals(List.of(drop), rules(nftables.rules(TABLE)));

    Transaction rewrite = nftables.change(TABLE);
    rewrite.flushChain("first");
    rewrite.addRule(accept);
    rewrite.commit();
    assertEquals(List.of(accept), rules(nftables.rules(TABLE)));
  }

  @Test
  void everyWordOfARuleIsReadBackAsItWasWritten() throws IOException, InterruptedException {
    NetAddress host = NetAddress.v6(0xfd00_0000_0000_0000L, 0x10);
    List<Rule> written =
        List.of(
            rule(TABLE, "words").within(Field.IP6_DADDR, host, 108).drop().build(),
            rule(TABLE, "words").within(Field.IP_SADDR, NetAddress.v4(0x0a000000), 9).build(),
            rule(TABLE, "words")
                .notIn("ports", Field.IP_SADDR, Field.L4PROTO, Field.TH_SPORT)
                .build(),
            rule(TABLE, "words").destinationIsLocal().goTo("first").build(),
            rule(TABLE, "words").is(Field.L4PROTO, TCP).rejectTcpReset().build(),
            rule(TABLE, "words").is(Field.MARK, 0x77).markHas(0x4000).counter().build(),
            rule(TABLE, "words")
                .is(Field.L4PROTO, TCP)
                .isNot(Field.CT_ORIGINAL_PROTO_DST, 80)
                .build(),
            rule(TABLE, "words").is(Field.IIFNAME, "lo").accept().build(),
            rule(TABLE, "words").is(Field.CT_ORIGINAL_IP_DADDR, 0x0a000001).returns().build(),
            rule(TABLE, "words")
                .isOneOf(Field.TH_DPORT, 443, 80)
                .isOneOf(Field.L4PROTO, 6, 17)
                .build());
    Transaction change = nftables.change(TABLE);
    change.addChain(Chain.base("words", Chain.Type.FILTER, Chain.Hook.INPUT, 0));
    written.forEach(rule -> {
      try {
        change.addRule(rule);
      } catch (NetlinkException e) {
        throw new AssertionError(e);
      }
    });
    change.commit();

    assertEquals(written, rules(nftables.rules(TABLE, "words")));
    String listed = inside.run("nft", "list", "chain", "inet", "test", "words");
    for (String text :
        List.of(
            "ip6 daddr fd00::/108 drop",
            "ip saddr 10.0.0.0/9",
            "ip saddr . meta l4proto . th sport != @ports",
            "fib daddr type local goto first",
            "reject with tcp reset",
            "meta mark 0x00000077 meta mark & 0x00004000 != 0x00000000 counter packets 0 bytes 0",
            "ct original proto-dst != 80",
            "iifname \"lo\" accept",
            "ct original ip daddr 10.0.0.1 return",
            "th dport { 80, 443 } meta l4proto { tcp, udp }")) {
      assertTrue(listed.contains(text), () -> text + " is not in " + listed);
    }
  }

  @Test
  void whatIsNotModelledIsReadAsOpaque() throws IOException, InterruptedException {
    inside.run("nft", "add rule inet test first limit rate 5/second log prefix \"x\" accept");

    List<Expression> expressions = nftables.rules(TABLE).getFirst().rule().expressions();
    assertEquals(3, expressions.size());
    assertTrue(expressions.get(0) instanceof Expression.Opaque o && o.name().equals("limit"));
    assertTrue(expressions.get(1) instanceof Expression.Opaque o && o.name().equals("log"));
    assertEquals(new Expression.Verdict(Expression.Verdict.Code.ACCEPT), expressions.get(2));
  }

  @Test
  void aTableIsDeletedAndMadeAnewInOneTransaction() throws NetlinkException {
    Transaction anew = nftables.change(TABLE);
    anew.deleteTable();
    anew.addTable();
    anew.commit();
    assertEquals(List.of(), nftables.sets(TABLE));

    Transaction gone = nftables.change(TABLE);
    gone.deleteTable();
    gone.commit();
    assertEquals(List.of(), nftables.tables());
    assertEquals(List.of(), nftables.sets(TABLE));
    assertEquals(List.of(), nftables.rules(TABLE));
    assertEquals(List.of(), nftables.chains(TABLE));
  }

  @Test
  void anEmptyTransactionSendsNothing() throws NetlinkException {
    int before = nftables.generation();
    nftables.change(TABLE).commit();
    assertEquals(before, nftables.generation());

    addPorts(0, 1);
    assertEquals(before + 1, nftables.generation());
  }

  @Test
  void tablesOfTheSameNameAreKeptApart() throws NetlinkException {
    Table ip6 = new Table(TableFamily.IP6, "test");
    NamedSet addresses = NamedSet.of("addresses", DataType.IPV6_ADDR);
    Transaction change = nftables.change(ip6);
    change.addTable();
    change.addSet(addresses);
    change.addChain(Chain.base("in", Chain.Type.FILTER, Chain.Hook.INPUT, 7));
    Rule rule = rule(ip6, "in").in("addresses", Field.IP6_SADDR).drop().build();
    change.addRule(rule);
    change.addElements(addresses).key().address(NetAddress.v6(1, 2));
    change.commit();

    assertEquals(List.of(rule), rules(nftables.rules(ip6)));
    assertEquals(2, rule.expressions().size() - 1, "no question for the IP version");
    assertEquals(List.of(addresses), nftables.sets(ip6));
    assertEquals(Optional.of(7), nftables.chains(ip6).getFirst().base().map(Chain.Base::priority));
    assertEquals(List.of("first"), nftables.chains(TABLE).stream().map(Chain::name).toList());
    assertEquals(
        List.of(NetAddress.v6(1, 2)),
        nftables.elements(ip6, "addresses").stream()
            .map(e -> NetAddress.v6(e.key().u64(0), e.key().u64(8)))
            .toList());
  }

  private void addPorts(int from, int to) throws NetlinkException {
    Transaction change = nftables.change(TABLE);
    ElementWriter elements = change.addElements(PORTS);
    for (int i = from; i < to; i++) {
      elements.key().address(32, 0, i).u8(TCP).u16(80);
    }
    change.commit();
  }

  private Set<Integer> found(NamedSet set) throws NetlinkException {
    return nftables.elements(TABLE, set.name()).stream()
        .map(element -> element.key().u32(0))
        .collect(Collectors.toSet());
  }

  private static Set<Integer> keys(int from, int to) {
    return IntStream.range(from, to).boxed().collect(Collectors.toSet());
  }

  private static List<Rule> rules(List<Rule.Installed> installed) {
    return installed.stream().map(Rule.Installed::rule).toList();
  }
}
