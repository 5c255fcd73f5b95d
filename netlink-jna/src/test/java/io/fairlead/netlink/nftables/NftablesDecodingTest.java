package io.fairlead.netlink.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.netlink.Captured;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a kernel said about the table that nft made of Fairlead's rules. */
final class NftablesDecodingTest {
  private static final long SEED = 20261121;
  private static final Table TABLE = new Table(TableFamily.INET, "fairlead");
  private static final NamedSet HAIRPIN =
      NamedSet.of(
          "hairpin4",
          DataType.IPV4_ADDR,
          DataType.INET_PROTO,
          DataType.INET_SERVICE,
          DataType.IPV4_ADDR);

  @Test
  void theTableIsRead() {
    assertEquals(List.of(TABLE), Captured.decode("table", ObjectReader::table));
  }

  @Test
  void chainsAreRead() {
    List<Optional<Chain>> chains =
        Captured.decode("chain", message -> ObjectReader.chain(message, TABLE));

    assertEquals(Optional.of(Chain.regular("classify")), chains.get(0));
    assertEquals(
        Optional.of(Chain.base("prerouting", Chain.Type.FILTER, Chain.Hook.PREROUTING, -110)),
        chains.get(1));
    assertEquals(
        Optional.of(Chain.base("postrouting", Chain.Type.NAT, Chain.Hook.POSTROUTING, 95)),
        chains.get(5));
  }

  @Test
  void chainsOfOtherTablesAreLeftOut() {
    for (Table other :
        List.of(new Table(TableFamily.IP, "fairlead"), new Table(TableFamily.INET, "other"))) {
      assertTrue(
          Captured.decode("chain", message -> ObjectReader.chain(message, other)).stream()
              .allMatch(Optional::isEmpty),
          other.toString());
    }
  }

  @Test
  void setsAndMapsAreRead() {
    List<NamedSet> sets = Captured.decode("set", ObjectReader::set);

    assertEquals(NamedSet.of("vips4", DataType.IPV4_ADDR), sets.getFirst());
    assertTrue(sets.contains(HAIRPIN), sets::toString);
    assertTrue(
        sets.contains(
            NamedSet.of(
                    "local_only4", DataType.IPV4_ADDR, DataType.INET_PROTO, DataType.INET_SERVICE)
                .to(DataType.MARK)),
        sets::toString);
  }

  @Test
  void elementsAreRead() {
    List<Element> elements =
        Captured.decode("elements", ObjectReader::elements).stream()
            .flatMap(Collection::stream)
            .toList();

    Element hairpin = elements.get(0);
    assertEquals(0x0af4000c, hairpin.key().u32(0));
    assertEquals(6, hairpin.key().u8(4));
    assertEquals(8080, hairpin.key().u16(8));
    assertEquals(0x0af4000c, hairpin.key().u32(12));
    assertEquals(Bytes.NONE, hairpin.value());
    assertEquals(77, elements.get(1).value().toHost32());
  }

  @Test
  void rulesAreReadAsTheyWouldBeWritten() {
    List<Rule> rules =
        Captured.decode("rule", ObjectReader::rule).stream().map(Rule.Installed::rule).toList();

    assertEquals(
        RuleBuilder.rule(TABLE, "classify")
            .in("masquerade4", Field.IP_DADDR, Field.L4PROTO, Field.TH_DPORT)
            .setMarkBits(0x4000)
            .build(),
        rules.getFirst());
    assertEquals(
        RuleBuilder.rule(TABLE, "prerouting")
            .connectionState(RuleBuilder.NEW)
            .jump("classify")
            .build(),
        rules.get(4));
    assertEquals("x", rules.getLast().comment());
  }

  @Test
  void whatIsNotModelledIsOpaque() {
    Rule rule = Captured.decode("rule", ObjectReader::rule).get(3).rule();
    List<Expression> expressions = rule.expressions();
    assertTrue(
        expressions.get(0) instanceof Expression.Opaque o && o.name().equals("limit"),
        expressions::toString);
  }

  @Test
  void damagedMessagesAreRefusedAndNothingElseHappens() {
    Captured.damage("table", SEED, ObjectReader::table);
    Captured.damage("chain", SEED, message -> ObjectReader.chain(message, TABLE));
    Captured.damage("set", SEED, ObjectReader::set);
    Captured.damage("elements", SEED, ObjectReader::elements);
    Captured.damage("rule", SEED, ObjectReader::rule);
  }
}
