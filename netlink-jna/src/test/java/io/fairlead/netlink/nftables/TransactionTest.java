package io.fairlead.netlink.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.fairlead.netlink.Batch;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.NetlinkException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a transaction sends, and what it says when it is refused. */
final class TransactionTest {
  private static final int NLM_F_ACK = 4;
  private static final Table TABLE = new Table(TableFamily.INET, "t", "a comment");
  private static final NamedSet PORTS =
      NamedSet.of("ports", DataType.IPV4_ADDR, DataType.INET_PROTO, DataType.INET_SERVICE);

  private final RecordingBatch batch = new RecordingBatch();
  private final Transaction change = new Transaction(batch, TABLE);

  @Test
  void itStandsBetweenItsBoundsAndAsksForOneAckBeforeTheEnd() throws NetlinkException {
    change.addTable();
    change.addSet(PORTS);
    change.commit();

    assertEquals(
        List.of(
            Nft.NFNL_MSG_BATCH_BEGIN,
            Nft.NEWTABLE,
            Nft.NEWSET,
            Nft.NEWTABLE,
            Nft.NFNL_MSG_BATCH_END),
        batch.messages().stream().map(Message::type).toList());
    assertEquals(
        List.of(0, 0, 0, NLM_F_ACK, 0),
        batch.messages().stream().map(message -> message.flags() & NLM_F_ACK).toList());
  }

  @Test
  void aDeletedTableIsNotTouchedAgain() throws NetlinkException {
    change.deleteTable();
    change.commit();

    assertEquals(
        List.of(Nft.NFNL_MSG_BATCH_BEGIN, Nft.DELTABLE, Nft.NFNL_MSG_BATCH_END),
        batch.messages().stream().map(Message::type).toList());
    assertEquals(NLM_F_ACK, batch.messages().get(1).flags());
  }

  @Test
  void nothingIsSentIfNothingWasAskedFor() throws NetlinkException {
    change.commit();
    assertEquals(List.of(), batch.messages());
  }

  @Test
  void objectsAreWrittenAsTheKernelTellsThem() throws NetlinkException {
    Chain chain = Chain.base("in", Chain.Type.FILTER, Chain.Hook.INPUT, -5).withComment("é");
    NamedSet map =
        NamedSet.of("m", DataType.IPV6_ADDR)
            .to(DataType.MARK)
            .withFlags(NamedSet.Flag.TIMEOUT)
            .withComment("marks");
    change.addTable();
    change.addChain(chain);
    change.addSet(map);
    change.addElements(map).key().address(128, 1, 2).value().mark(7);
    change.commit();

    List<Message> sent = batch.messages();
    assertEquals(TABLE, ObjectReader.table(sent.get(1)));
    assertEquals(Optional.of(chain), ObjectReader.chain(sent.get(2), TABLE));
    assertEquals(map, ObjectReader.set(sent.get(3)));
    assertEquals(
        List.of(
            Element.of(
                Bytes.of(new byte[] {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2}),
                Bytes.host32(7))),
        ObjectReader.elements(sent.get(4)));
  }

  @Test
  void aRangeOfSeveralFieldsHasTwoKeys() throws NetlinkException {
    NamedSet sources =
        NamedSet.of("sources", DataType.INET_SERVICE, DataType.IPV4_ADDR).withIntervals();
    change.addSet(sources);
    change
        .addElements(sources)
        .key()
        .u16(80)
        .address(32, 0, 0x0a000000)
        .keyEnd()
        .u16(80)
        .address(32, 0, 0x0affffff);
    change.commit();

    assertEquals(sources, ObjectReader.set(batch.messages().get(1)));
    assertEquals(
        List.of(
            new Element(
                Bytes.of(new byte[] {0, 80, 0, 0, 10, 0, 0, 0}),
                Bytes.of(new byte[] {0, 80, 0, 0, 10, -1, -1, -1}),
                Bytes.NONE,
                false)),
        ObjectReader.elements(batch.messages().get(2)));
  }

  @Test
  void everyExpressionIsWrittenAsItIsRead() throws NetlinkException {
    List<Expression> all = new ArrayList<>();
    for (int register = 0; register < Registers.COUNT; register++) {
      all.add(new Expression.Payload(Expression.Header.TRANSPORT, 2, 2, register));
    }
    all.add(new Expression.LoadMeta(Expression.Meta.IIFNAME, 4));
    all.add(new Expression.SetMeta(Expression.Meta.MARK, 1));
    all.add(new Expression.LoadConnection(Expression.Ct.DST_IP, Expression.Direction.ORIGINAL, 2));
    all.add(new Expression.LoadConnection(Expression.Ct.STATE, Expression.Direction.NONE, 2));
    all.add(new Expression.Fib(Expression.Fib.SOURCE, Expression.Fib.ADDRESS_TYPE, 3));
    all.add(new Expression.Bitwise(1, 2, Bytes.host32(0xff), Bytes.host32(1)));
    all.add(new Expression.Compare(Expression.Comparison.LESS, 0, Bytes.network(80, 2)));
    all.add(new Expression.Lookup("ports", 0, true));
    all.add(new Expression.Lookup("ports", 0, false));
    all.add(new Expression.MapLookup("marks", 0, 5));
    all.add(new Expression.Immediate(3, Bytes.host32(9)));
    for (Expression.Verdict.Code code : Expression.Verdict.Code.values()) {
      all.add(new Expression.Verdict(code));
    }
    all.add(new Expression.Verdict(Expression.Verdict.Code.JUMP, "other"));
    all.add(new Expression.Reject(Expression.Reject.With.ICMPX, 1));
    all.add(new Expression.Reject(Expression.Reject.With.TCP_RESET, 0));
    all.add(new Expression.Masquerade(Expression.Masquerade.FULLY_RANDOM));
    all.add(new Expression.Counter());
    Rule rule = new Rule("c", all, "for people");
    change.addRule(rule);
    change.commit();

    assertEquals(rule, ObjectReader.rule(batch.messages().get(1)).rule());
  }

  @Test
  void anInlineSetIsMadeBeforeItsRule() throws NetlinkException {
    change.addRule(RuleBuilder.rule(TABLE, "c").isOneOf(Field.TH_DPORT, 443, 80).build());
    change.commit();

    assertEquals(
        List.of(
            Nft.NFNL_MSG_BATCH_BEGIN,
            Nft.NEWSET,
            Nft.NEWSETELEM,
            Nft.NEWRULE,
            Nft.NEWTABLE,
            Nft.NFNL_MSG_BATCH_END),
        batch.messages().stream().map(Message::type).toList());
    assertEquals(
        List.of(Bytes.network(80, 2), Bytes.network(443, 2)),
        ObjectReader.elements(batch.messages().get(2)).stream().map(Element::key).toList());
  }

  @Test
  void manyElementsAreSpreadOverMessagesThatFitAnAttribute() throws NetlinkException {
    addPorts(10_000);
    change.commit();

    List<Message> parts =
        batch.messages().stream().filter(message -> message.type() == Nft.NEWSETELEM).toList();
    assertTrue(parts.size() > 1, () -> parts.size() + " messages");
    assertTrue(parts.stream().allMatch(part -> part.length() <= ElementWriter.ROOM));
    assertEquals(10_000, parts.stream().mapToInt(part -> ObjectReader.elements(part).size()).sum());
  }

  @Test
  void noObjectIsMadeForAnElement() throws NetlinkException {
    addPorts(20_000); // loads and compiles
    change.commit();
    batch.clear();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    addPorts(20_000);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertTrue(allocated < 20_000, () -> allocated + " bytes for 20,000 elements");
  }

  @Test
  void aRefusalNamesTheObjectTheErrnoAndTheKernelsWords() throws NetlinkException {
    change.addTable();
    change.addSet(PORTS);
    change.deleteChain("gone");
    batch.refuse(List.of(new Batch.Failure(3, Errno.ENOENT, "at offset 20")));

    NetlinkException e = assertThrows(NetlinkException.class, change::commit);
    assertEquals("commit to table inet t: chain gone: ENOENT (at offset 20)", e.getMessage());
    assertEquals(Errno.ENOENT, e.errno());
  }

  @Test
  void whatCannotBeWrittenIsRefusedByName() {
    Expression log = new Expression.Opaque("log", Bytes.NONE);
    Rule rule = new Rule("c", List.of(log), "");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> change.addRule(rule));
    assertTrue(String.valueOf(e.getMessage()).contains("log"), e.getMessage());
  }

  private void addPorts(int count) throws NetlinkException {
    ElementWriter elements = change.addElements(PORTS);
    for (int i = 0; i < count; i++) {
      elements.key().address(32, 0, i).u8(6).u16(80);
    }
  }
}
