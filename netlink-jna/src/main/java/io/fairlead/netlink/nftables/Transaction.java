package io.fairlead.netlink.nftables;

import io.fairlead.netlink.Batch;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetlinkException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes of one table that the kernel carries out together or not at all. Nothing is sent before
 * {@link #commit}; then all of it goes in one datagram, which is what makes it atomic. It uses its
 * connection until then.
 *
 * <p>{@code add…} of what exists already is no error, unless it differs in what cannot change.
 * {@code delete…} of what does not exist refuses the whole transaction with ENOENT.
 */
public final class Transaction {
  /** The kernel puts a number in place of %d. */
  static final String INLINE_SET = "__set%d";

  private static final int NFTA_SET_DESC_CONCAT = 2;
  private static final int NFTA_SET_FIELD_LEN = 1;

  private final Batch batch;
  private final Table table;
  private final List<String> names = new ArrayList<>();
  private @Nullable ElementWriter elements;
  private boolean tableIsDeleted;
  private int sets;

  Transaction(Batch batch, Table table) {
    this.batch = batch;
    this.table = table;
  }

  Table table() {
    return table;
  }

  /** Whether nothing was asked for yet. */
  public boolean isEmpty() {
    return names.isEmpty();
  }

  public void addTable() throws NetlinkException {
    MessageWriter out = next(Nft.NEWTABLE, Nft.NLM_F_CREATE, table.toString());
    out.string(Nft.TABLE_NAME, table.name()).u32Be(Nft.TABLE_FLAGS, 0);
    Userdata.comment(out, Nft.TABLE_USERDATA, table.comment());
    tableIsDeleted = false;
  }

  /** Deletes the table with all that is in it. */
  public void deleteTable() throws NetlinkException {
    // The last message must ask for the ACK; when the table is gone, that is this one.
    next(Nft.DELTABLE, Nft.NLM_F_ACK, table.toString()).string(Nft.TABLE_NAME, table.name());
    tableIsDeleted = true;
  }

  public void addChain(Chain chain) throws NetlinkException {
    MessageWriter out = next(Nft.NEWCHAIN, Nft.NLM_F_CREATE, "chain " + chain.name());
    out.string(Nft.CHAIN_TABLE, table.name()).string(Nft.CHAIN_NAME, chain.name());
    chain.base().ifPresent(base -> base(out, base));
    Userdata.comment(out, Nft.CHAIN_USERDATA, chain.comment());
  }

  /** Deletes a chain with its rules. EBUSY if another rule jumps to it. */
  public void deleteChain(String chain) throws NetlinkException {
    next(Nft.DELCHAIN, 0, "chain " + chain)
        .string(Nft.CHAIN_TABLE, table.name())
        .string(Nft.CHAIN_NAME, chain);
  }

  /** Deletes all rules of a chain. */
  public void flushChain(String chain) throws NetlinkException {
    next(Nft.DELRULE, 0, "rules of chain " + chain)
        .string(Nft.RULE_TABLE, table.name())
        .string(Nft.RULE_CHAIN, chain);
  }

  /** Appends a rule to its chain, with the sets that belong to it alone. */
  public void addRule(Rule rule) throws NetlinkException {
    int firstSet = sets + 1;
    for (Expression expression : rule.expressions()) {
      if (expression instanceof Expression.InlineLookup lookup) {
        addInlineSet(lookup);
      }
    }
    MessageWriter out =
        next(Nft.NEWRULE, Nft.NLM_F_CREATE | Nft.NLM_F_APPEND, "rule of chain " + rule.chain());
    out.string(Nft.RULE_TABLE, table.name()).string(Nft.RULE_CHAIN, rule.chain());
    int list = out.openNest(Nft.RULE_EXPRESSIONS);
    ExpressionWriter writer = new ExpressionWriter(out);
    int set = firstSet;
    for (Expression expression : rule.expressions()) {
      writer.write(expression, set);
      set += expression instanceof Expression.InlineLookup ? 1 : 0;
    }
    out.closeNest(list);
    Userdata.comment(out, Nft.RULE_USERDATA, rule.comment());
  }

  public void deleteRule(Rule.Installed installed) throws NetlinkException {
    String chain = installed.rule().chain();
    next(Nft.DELRULE, 0, "rule " + installed.handle() + " of chain " + chain)
        .string(Nft.RULE_TABLE, table.name())
        .string(Nft.RULE_CHAIN, chain)
        .u64Be(Nft.RULE_HANDLE, installed.handle());
  }

  public void addSet(NamedSet set) throws NetlinkException {
    sets++;
    writeSet(set);
  }

  /** Deletes a set with its elements. EBUSY if a rule looks at it. */
  public void deleteSet(String set) throws NetlinkException {
    next(Nft.DELSET, 0, "set " + set).string(Nft.SET_TABLE, table.name()).string(Nft.SET_NAME, set);
  }

  /** Adds elements; an element of a map that exists with another value is EEXIST. */
  public ElementWriter addElements(NamedSet set) throws NetlinkException {
    return open(Nft.NEWSETELEM, Nft.NLM_F_CREATE, set, 0);
  }

  /** Deletes elements. */
  public ElementWriter deleteElements(NamedSet set) throws NetlinkException {
    return open(Nft.DELSETELEM, 0, set, 0);
  }

  /** Deletes all elements of a set. */
  public void flushSet(String set) throws NetlinkException {
    next(Nft.DELSETELEM, 0, "elements of set " + set)
        .string(1, table.name()) // NFTA_SET_ELEM_LIST_TABLE
        .string(2, set); // NFTA_SET_ELEM_LIST_SET
  }

  /**
   * Sends everything and waits until it is done. A transaction in which nothing was asked for sends
   * nothing.
   *
   * @throws NetlinkException naming the first object that the kernel refused; then nothing was done
   */
  public void commit() throws NetlinkException {
    if (isEmpty()) {
      return;
    }
    if (!tableIsDeleted) {
      // Changes nothing (nf_tables_updtable without flags), and is always there to be acknowledged.
      next(Nft.NEWTABLE, Nft.NLM_F_ACK, table.toString()).string(Nft.TABLE_NAME, table.name());
    }
    boundary(Nft.NFNL_MSG_BATCH_END);
    List<Batch.Failure> failures = batch.finish();
    List<String> done = List.copyOf(names);
    names.clear();
    if (!failures.isEmpty()) {
      throw refused(failures, done);
    }
  }

  private MessageWriter next(int type, int flags, String name) throws NetlinkException {
    endElements();
    return begin(type, flags, name, Batch.MAX_MESSAGE);
  }

  /** Starts the next message with its header. */
  MessageWriter begin(int type, int flags, String name, int room) throws NetlinkException {
    if (names.isEmpty()) {
      boundary(Nft.NFNL_MSG_BATCH_BEGIN);
    }
    names.add(name);
    return Nft.header(batch.next(type, flags, names.size() - 1, room), table.family().number(), 0);
  }

  private void boundary(int type) throws NetlinkException {
    endElements();
    names.add("transaction");
    Nft.header(batch.next(type, 0, names.size() - 1), 0, Nft.NFNL_SUBSYS_NFTABLES);
  }

  private ElementWriter open(int type, int flags, NamedSet set, int setId) throws NetlinkException {
    endElements();
    ElementWriter writer = new ElementWriter(this, type, flags, set, setId);
    elements = writer;
    return writer;
  }

  private void endElements() {
    ElementWriter open = elements;
    if (open != null) {
      elements = null;
      open.end();
    }
  }

  private static void base(MessageWriter out, Chain.Base base) {
    int hook = out.openNest(Nft.CHAIN_HOOK);
    out.u32Be(Nft.HOOK_NUMBER, base.hook().number()).u32Be(Nft.HOOK_PRIORITY, base.priority());
    out.closeNest(hook);
    out.u32Be(Nft.CHAIN_POLICY, base.policy().number()).string(Nft.CHAIN_TYPE, base.type().text());
  }

  private void addInlineSet(Expression.InlineLookup lookup) throws NetlinkException {
    NamedSet set =
        NamedSet.of(INLINE_SET, lookup.type())
            .withFlags(NamedSet.Flag.ANONYMOUS, NamedSet.Flag.CONSTANT);
    sets++;
    writeSet(set);
    ElementWriter writer = open(Nft.NEWSETELEM, Nft.NLM_F_CREATE, set, sets);
    for (Bytes value : lookup.values()) {
      writer.key().bytes(value);
    }
  }

  private void writeSet(NamedSet set) throws NetlinkException {
    MessageWriter out = next(Nft.NEWSET, Nft.NLM_F_CREATE, "set " + set.name());
    out.string(Nft.SET_TABLE, table.name())
        .string(Nft.SET_NAME, set.name())
        .u32Be(Nft.SET_FLAGS, set.flagBits())
        .u32Be(Nft.SET_KEY_TYPE, DataType.concatenated(set.key()))
        .u32Be(Nft.SET_KEY_LENGTH, set.keyLength());
    set.value()
        .ifPresent(type ->
            out.u32Be(Nft.SET_DATA_TYPE, type.number()).u32Be(Nft.SET_DATA_LENGTH, type.length()));
    if (set.hasRangesOfFields()) {
      describeFields(out, set);
    }
    out.u32Be(Nft.SET_ID, sets);
    Userdata.set(out, Nft.SET_USERDATA, set);
  }

  /** The kernel needs to know where one range ends and the next begins (nft_set_pipapo.c). */
  private static void describeFields(MessageWriter out, NamedSet set) {
    int description = out.openNest(Nft.SET_DESCRIPTION);
    int fields = out.openNest(NFTA_SET_DESC_CONCAT);
    for (DataType field : set.key()) {
      int element = out.openNest(Nft.NFTA_LIST_ELEM);
      out.u32Be(NFTA_SET_FIELD_LEN, field.length());
      out.closeNest(element);
    }
    out.closeNest(fields);
    out.closeNest(description);
  }

  /** Names what was refused; objects after the first are often refused only because of it. */
  private NetlinkException refused(List<Batch.Failure> failures, List<String> done) {
    Batch.Failure first = failures.getFirst();
    String others = failures.size() == 1 ? "" : " and " + (failures.size() - 1) + " others";
    return new NetlinkException(
        "commit to " + table + ": " + done.get(first.tag()) + others,
        first.errno(),
        first.explanation());
  }
}
