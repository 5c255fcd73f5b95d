package io.fairlead.netlink.nftables;

import java.util.List;

/**
 * One step of a rule, as the kernel knows it. Registers are numbered 0 to 15 and hold 4 bytes each;
 * a longer value takes as many as it needs from its first on.
 */
public sealed interface Expression {
  /** Loads {@code length} bytes of the packet. */
  record Payload(Header header, int offset, int length, int register) implements Expression {}

  /** Loads something about the packet that is not in it. */
  record LoadMeta(Meta key, int register) implements Expression {}

  /** Sets something about the packet; its mark, as a rule. */
  record SetMeta(Meta key, int register) implements Expression {}

  /** Loads something of the packet's connection. */
  record LoadConnection(Ct key, Direction direction, int register) implements Expression {}

  /**
   * Asks the routing tables.
   *
   * @param inputs NFTA_FIB_F_… bits: {@link #SOURCE}, {@link #DESTINATION} and others
   * @param result NFT_FIB_RESULT_…: {@link #ADDRESS_TYPE} and others
   */
  record Fib(int inputs, int result, int register) implements Expression {
    public static final int SOURCE = 1;
    public static final int DESTINATION = 2;
    public static final int ADDRESS_TYPE = 3;

    /** The address type of an address of this host: RTN_LOCAL. */
    public static final int LOCAL = 2;
  }

  /** {@code target = (source & mask) ^ xor}; the length is that of the mask. */
  record Bitwise(int source, int target, Bytes mask, Bytes xor) implements Expression {}

  /** Goes on if the comparison holds. */
  record Compare(Comparison comparison, int register, Bytes value) implements Expression {}

  /** Goes on if the value from {@code register} on is in the set, or is not, if inverted. */
  record Lookup(String set, int register, boolean inverted) implements Expression {}

  /** Goes on if the map has the key from {@code register} on, with its value in {@code target}. */
  record MapLookup(String map, int register, int target) implements Expression {}

  /**
   * A lookup in a set that belongs to the rule alone.
   *
   * @param values in ascending order, without duplicates
   */
  record InlineLookup(DataType type, List<Bytes> values, int register, boolean inverted)
      implements Expression {
    public InlineLookup {
      values = values.stream().sorted().distinct().toList();
    }
  }

  /** Loads a constant. */
  record Immediate(int register, Bytes value) implements Expression {}

  /** Decides about the packet, or goes elsewhere. */
  record Verdict(Code code, String chain) implements Expression {
    /** Verdict codes; the last three do not end the evaluation. */
    public enum Code implements Numbered {
      DROP(0),
      ACCEPT(1),
      CONTINUE(-1),
      BREAK(-2),
      JUMP(-3),
      GOTO(-4),
      RETURN(-5);

      private final int number;

      Code(int number) {
        this.number = number;
      }

      @Override
      public int number() {
        return number;
      }
    }

    public Verdict(Code code) {
      this(code, "");
    }
  }

  /**
   * Answers the packet with an error and drops it.
   *
   * @param icmpCode the code of the ICMP error; unused for TCP_RESET
   */
  record Reject(With with, int icmpCode) implements Expression {
    /** Kinds of answer: NFT_REJECT_…. */
    public enum With implements Numbered {
      /** The family's own code: 3 is "port unreachable" of IPv4, 4 that of IPv6. */
      ICMP(0),
      TCP_RESET(1),
      /** A code that means the same in both families: 1 is "port unreachable". */
      ICMPX(2);

      private final int number;

      With(int number) {
        this.number = number;
      }

      @Override
      public int number() {
        return number;
      }
    }
  }

  /**
   * Gives the connection the outgoing address as its source.
   *
   * @param flags NF_NAT_RANGE_… bits, or 0
   */
  record Masquerade(int flags) implements Expression {
    /** Source ports are random: NF_NAT_RANGE_PROTO_RANDOM_FULLY. */
    public static final int FULLY_RANDOM = 1 << 4;
  }

  /** Counts packets and bytes. What it counted is no part of the rule, so it is not held here. */
  record Counter() implements Expression {}

  /**
   * An expression that is not modelled here, as it was read; it cannot be written.
   *
   * @param data the kernel's attributes
   */
  record Opaque(String name, Bytes data) implements Expression {}

  /** Where in a packet an offset counts from: NFT_PAYLOAD_…. */
  enum Header implements Numbered {
    LINK(0),
    NETWORK(1),
    TRANSPORT(2);

    private final int number;

    Header(int number) {
      this.number = number;
    }

    @Override
    public int number() {
      return number;
    }
  }

  /** How two values compare: NFT_CMP_…. */
  enum Comparison implements Numbered {
    EQUAL(0),
    NOT_EQUAL(1),
    LESS(2),
    LESS_OR_EQUAL(3),
    GREATER(4),
    GREATER_OR_EQUAL(5);

    private final int number;

    Comparison(int number) {
      this.number = number;
    }

    @Override
    public int number() {
      return number;
    }
  }

  /** A connection's direction, by IP_CT_DIR_…; NONE for what has none. */
  enum Direction implements Numbered {
    ORIGINAL(0),
    REPLY(1),
    NONE(2);

    private final int number;

    Direction(int number) {
      this.number = number;
    }

    @Override
    public int number() {
      return number;
    }
  }

  /** What is known about a packet: NFT_META_…. */
  enum Meta implements Numbered {
    MARK(3),
    IIF(4),
    OIF(5),
    IIFNAME(6),
    OIFNAME(7),
    NFPROTO(15),
    L4PROTO(16);

    private final int number;

    Meta(int number) {
      this.number = number;
    }

    @Override
    public int number() {
      return number;
    }
  }

  /** What is known about a connection: NFT_CT_…. */
  enum Ct implements Numbered {
    STATE(0),
    DIRECTION(1),
    STATUS(2),
    MARK(3),
    PROTOCOL(10),
    PROTO_SRC(11),
    PROTO_DST(12),
    SRC_IP(19),
    DST_IP(20),
    SRC_IP6(21),
    DST_IP6(22);

    private final int number;

    Ct(int number) {
      this.number = number;
    }

    @Override
    public int number() {
      return number;
    }
  }
}
