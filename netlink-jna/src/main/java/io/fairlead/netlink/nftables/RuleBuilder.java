package io.fairlead.netlink.nftables;

import io.fairlead.netlink.NetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Writes a rule as one would for {@code nft}, from left to right, and compiles it to the same
 * expressions: so that a rule that was read back can be compared, and {@code nft list} shows it as
 * a person would have written it.
 *
 * <p>In an INET table a match on a field of one IP version first asks for that version, once a
 * rule; other tables see only one.
 */
public final class RuleBuilder {
  /** States of a connection for {@link #connectionState}: NF_CT_STATE_BIT. */
  public static final int INVALID = 1;

  public static final int ESTABLISHED = 2;
  public static final int RELATED = 4;
  public static final int NEW = 8;
  public static final int UNTRACKED = 64;

  private final TableFamily family;
  private final String chain;
  private final List<Expression> expressions = new ArrayList<>();
  private String comment = "";
  private int protocol; // the NFPROTO_… that the rule asked for already

  private RuleBuilder(TableFamily family, String chain) {
    this.family = family;
    this.chain = chain;
  }

  /** Starts a rule for a chain of a table. */
  public static RuleBuilder rule(Table table, String chain) {
    return new RuleBuilder(table.family(), chain);
  }

  public Rule build() {
    return new Rule(chain, expressions, comment);
  }

  /** What {@code nft list} shows behind the rule. */
  public RuleBuilder comment(String text) {
    comment = text;
    return this;
  }

  /** Goes on if the concatenation of the fields is in the set. */
  public RuleBuilder in(String set, Field... fields) {
    load(fields);
    return add(new Expression.Lookup(set, 0, false));
  }

  /** Goes on if the concatenation of the fields is not in the set. */
  public RuleBuilder notIn(String set, Field... fields) {
    load(fields);
    return add(new Expression.Lookup(set, 0, true));
  }

  /** Goes on if the field has one of these values. */
  public RuleBuilder isOneOf(Field field, long... values) {
    load(field);
    List<Bytes> bytes = LongStream.of(values).mapToObj(field::value).toList();
    return add(new Expression.InlineLookup(field.type(), bytes, 0, false));
  }

  /** Goes on if the field has this value: a protocol, a port, a mark. */
  public RuleBuilder is(Field field, long value) {
    load(field);
    return compare(Expression.Comparison.EQUAL, field.value(value));
  }

  public RuleBuilder isNot(Field field, long value) {
    load(field);
    return compare(Expression.Comparison.NOT_EQUAL, field.value(value));
  }

  /** Goes on if the interface has this name; for {@link Field#IIFNAME} and OIFNAME. */
  public RuleBuilder is(Field field, String name) {
    load(field);
    return compare(Expression.Comparison.EQUAL, Field.name(name));
  }

  /** Goes on if the interface has another name, or if there is none. */
  public RuleBuilder isNot(Field field, String name) {
    load(field);
    return compare(Expression.Comparison.NOT_EQUAL, Field.name(name));
  }

  /** Goes on if the interface's name begins so: {@code iifname "veth*"}. */
  public RuleBuilder startsWith(Field field, String prefix) {
    load(field);
    return compare(Expression.Comparison.EQUAL, Field.namePrefix(prefix));
  }

  /** Goes on if the interface's name begins otherwise, or if there is none. */
  public RuleBuilder startsOtherwise(Field field, String prefix) {
    load(field);
    return compare(Expression.Comparison.NOT_EQUAL, Field.namePrefix(prefix));
  }

  /** Goes on if the packet is IPv4; for rules that match on no field that says so. */
  public RuleBuilder ipv4() {
    require(Field.NFPROTO_IPV4);
    return this;
  }

  /** Goes on if an address of the packet is in the network. */
  public RuleBuilder within(Field field, NetAddress network, int prefixLength) {
    return prefix(Expression.Comparison.EQUAL, field, network, prefixLength);
  }

  /** Goes on if an address of the packet is outside the network. */
  public RuleBuilder outside(Field field, NetAddress network, int prefixLength) {
    return prefix(Expression.Comparison.NOT_EQUAL, field, network, prefixLength);
  }

  /** Goes on if the connection is in one of the states: {@link #NEW} and others, added up. */
  public RuleBuilder connectionState(int states) {
    add(new Expression.LoadConnection(Expression.Ct.STATE, Expression.Direction.NONE, 0));
    return anyBit(states);
  }

  /** Goes on if the packet's source is an address of this host: {@code fib saddr type local}. */
  public RuleBuilder sourceIsLocal() {
    return isLocal(Expression.Fib.SOURCE);
  }

  /** Goes on if the packet's destination is an address of this host. */
  public RuleBuilder destinationIsLocal() {
    return isLocal(Expression.Fib.DESTINATION);
  }

  /** Goes on if the packet's mark has one of the bits. */
  public RuleBuilder markHas(int bits) {
    load(Field.MARK);
    return anyBit(bits);
  }

  /** Goes on if the packet's mark has none of the bits. */
  public RuleBuilder markLacks(int bits) {
    load(Field.MARK);
    bitwise(bits, 0);
    return compare(Expression.Comparison.EQUAL, Bytes.host32(0));
  }

  /** {@code meta mark set meta mark or bits}. */
  public RuleBuilder setMarkBits(int bits) {
    load(Field.MARK);
    bitwise(~bits, bits);
    return setMark();
  }

  /** {@code meta mark set meta mark and ~bits}. */
  public RuleBuilder clearMarkBits(int bits) {
    load(Field.MARK);
    bitwise(~bits, 0);
    return setMark();
  }

  /** Sets the packet's mark to what the map holds for the fields; goes on only if it does. */
  public RuleBuilder setMarkFrom(String map, Field... fields) {
    load(fields);
    add(new Expression.MapLookup(map, 0, 0));
    return setMark();
  }

  public RuleBuilder counter() {
    return add(new Expression.Counter());
  }

  public RuleBuilder accept() {
    return add(new Expression.Verdict(Expression.Verdict.Code.ACCEPT));
  }

  public RuleBuilder drop() {
    return add(new Expression.Verdict(Expression.Verdict.Code.DROP));
  }

  /** Goes on after the rule that jumped to this chain. */
  public RuleBuilder returns() {
    return add(new Expression.Verdict(Expression.Verdict.Code.RETURN));
  }

  public RuleBuilder jump(String target) {
    return add(new Expression.Verdict(Expression.Verdict.Code.JUMP, target));
  }

  public RuleBuilder goTo(String target) {
    return add(new Expression.Verdict(Expression.Verdict.Code.GOTO, target));
  }

  /** {@code reject with icmpx type port-unreachable}. */
  public RuleBuilder rejectPortUnreachable() {
    return add(new Expression.Reject(Expression.Reject.With.ICMPX, 1));
  }

  /** {@code reject with tcp reset}; the rule must have matched TCP. */
  public RuleBuilder rejectTcpReset() {
    return add(new Expression.Reject(Expression.Reject.With.TCP_RESET, 0));
  }

  public RuleBuilder masqueradeFullyRandom() {
    return add(new Expression.Masquerade(Expression.Masquerade.FULLY_RANDOM));
  }

  /** Appends what has no word of its own here. */
  public RuleBuilder add(Expression expression) {
    expressions.add(expression);
    return this;
  }

  /** Loads fields side by side, each from a register of its own on. */
  private void load(Field... fields) {
    int register = 0;
    for (Field field : fields) {
      require(field.requiredProtocol());
    }
    for (Field field : fields) {
      add(field.load(register));
      register += field.type().paddedLength() / 4;
    }
  }

  private void require(int wanted) {
    if (family != TableFamily.INET || wanted == 0 || wanted == protocol) {
      return;
    }
    if (protocol != 0) {
      throw new IllegalArgumentException("a rule of chain " + chain + " matches IPv4 and IPv6");
    }
    protocol = wanted;
    add(new Expression.LoadMeta(Expression.Meta.NFPROTO, 0));
    compare(Expression.Comparison.EQUAL, Bytes.network(wanted, 1));
  }

  private RuleBuilder prefix(
      Expression.Comparison comparison, Field field, NetAddress network, int prefixLength) {
    int bits = field.type().length() * 8;
    if (network.bits() != bits || prefixLength < 1 || prefixLength > bits) {
      throw new IllegalArgumentException(
          network
              + "/"
              + prefixLength
              + " does not fit "
              + field
              + ", which has "
              + bits
              + " bits");
    }
    require(field.requiredProtocol());
    int bytes = (prefixLength + 7) / 8;
    if (prefixLength % 8 == 0) { // nft, too, loads only the bytes that count
      add(field.load(bytes, 0));
      return compare(comparison, Field.prefix(network, bytes));
    }
    add(field.load(0));
    Bytes mask = mask(prefixLength, bits / 8);
    add(new Expression.Bitwise(0, 0, mask, Bytes.network(0, bits / 8)));
    return compare(comparison, mask.and(Field.prefix(network, bits / 8)));
  }

  private RuleBuilder isLocal(int input) {
    add(new Expression.Fib(input, Expression.Fib.ADDRESS_TYPE, 0));
    return compare(Expression.Comparison.EQUAL, Bytes.host32(Expression.Fib.LOCAL));
  }

  private RuleBuilder anyBit(int bits) {
    bitwise(bits, 0);
    return compare(Expression.Comparison.NOT_EQUAL, Bytes.host32(0));
  }

  private void bitwise(int mask, int xor) {
    add(new Expression.Bitwise(0, 0, Bytes.host32(mask), Bytes.host32(xor)));
  }

  private RuleBuilder compare(Expression.Comparison comparison, Bytes value) {
    return add(new Expression.Compare(comparison, 0, value));
  }

  private RuleBuilder setMark() {
    return add(new Expression.SetMeta(Expression.Meta.MARK, 0));
  }

  private static Bytes mask(int prefixLength, int length) {
    byte[] mask = new byte[length];
    for (int i = 0; i < prefixLength; i++) {
      mask[i / 8] |= (byte) (0x80 >>> (i % 8));
    }
    return Bytes.owned(mask);
  }
}
