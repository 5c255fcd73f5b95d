package io.fairlead.netlink.nftables;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fairlead.netlink.NetAddress;
import java.util.Arrays;

/** Something that a rule can match on, with the name that {@code nft} gives it. */
public enum Field {
  /** {@code ip saddr}. */
  IP_SADDR(DataType.IPV4_ADDR),
  /** {@code ip daddr}. */
  IP_DADDR(DataType.IPV4_ADDR),
  /** {@code ip6 saddr}. */
  IP6_SADDR(DataType.IPV6_ADDR),
  /** {@code ip6 daddr}. */
  IP6_DADDR(DataType.IPV6_ADDR),
  /** {@code meta l4proto}. */
  L4PROTO(DataType.INET_PROTO),
  /** {@code th sport}. */
  TH_SPORT(DataType.INET_SERVICE),
  /** {@code th dport}. */
  TH_DPORT(DataType.INET_SERVICE),
  /** {@code meta mark}. */
  MARK(DataType.MARK),
  /** {@code iifname}. */
  IIFNAME(DataType.IFNAME),
  /** {@code oifname}. */
  OIFNAME(DataType.IFNAME),
  /** {@code ct original ip daddr}. */
  CT_ORIGINAL_IP_DADDR(DataType.IPV4_ADDR),
  /** {@code ct original ip6 daddr}. */
  CT_ORIGINAL_IP6_DADDR(DataType.IPV6_ADDR),
  /** {@code ct original proto-dst}. */
  CT_ORIGINAL_PROTO_DST(DataType.INET_SERVICE);

  static final int NFPROTO_IPV4 = 2;
  private static final int NFPROTO_IPV6 = 10;

  private final DataType type;

  Field(DataType type) {
    this.type = type;
  }

  public DataType type() {
    return type;
  }

  /** The NFPROTO_… that a packet must have for this to exist; 0 if any will do. */
  int requiredProtocol() {
    return switch (this) {
      case IP_SADDR, IP_DADDR -> NFPROTO_IPV4;
      case IP6_SADDR, IP6_DADDR -> NFPROTO_IPV6;
      // The kernel itself asks a connection for its IP version (nft_ct_get_eval).
      case L4PROTO,
          TH_SPORT,
          TH_DPORT,
          MARK,
          IIFNAME,
          OIFNAME,
          CT_ORIGINAL_IP_DADDR,
          CT_ORIGINAL_IP6_DADDR,
          CT_ORIGINAL_PROTO_DST ->
          0;
    };
  }

  /** The expression that loads it. */
  Expression load(int register) {
    return switch (this) {
      case IP_SADDR, IP_DADDR, IP6_SADDR, IP6_DADDR, TH_SPORT, TH_DPORT ->
          load(type.length(), register);
      case L4PROTO -> new Expression.LoadMeta(Expression.Meta.L4PROTO, register);
      case MARK -> new Expression.LoadMeta(Expression.Meta.MARK, register);
      case IIFNAME -> new Expression.LoadMeta(Expression.Meta.IIFNAME, register);
      case OIFNAME -> new Expression.LoadMeta(Expression.Meta.OIFNAME, register);
      case CT_ORIGINAL_IP_DADDR -> original(Expression.Ct.DST_IP, register);
      case CT_ORIGINAL_IP6_DADDR -> original(Expression.Ct.DST_IP6, register);
      case CT_ORIGINAL_PROTO_DST -> original(Expression.Ct.PROTO_DST, register);
    };
  }

  /** The expression that loads its first {@code length} bytes from the packet. */
  Expression load(int length, int register) {
    return switch (this) {
      case IP_SADDR -> network(12, length, register);
      case IP_DADDR -> network(16, length, register);
      case IP6_SADDR -> network(8, length, register);
      case IP6_DADDR -> network(24, length, register);
      case TH_SPORT -> new Expression.Payload(Expression.Header.TRANSPORT, 0, length, register);
      case TH_DPORT -> new Expression.Payload(Expression.Header.TRANSPORT, 2, length, register);
      case L4PROTO,
          MARK,
          IIFNAME,
          OIFNAME,
          CT_ORIGINAL_IP_DADDR,
          CT_ORIGINAL_IP6_DADDR,
          CT_ORIGINAL_PROTO_DST ->
          throw new IllegalArgumentException(this + " is not read from the packet's bytes");
    };
  }

  /** The bytes of a value of this field: a protocol, a port, a mark. */
  Bytes value(long value) {
    return type == DataType.MARK ? Bytes.host32((int) value) : Bytes.network(value, type.length());
  }

  /** A name as the kernel compares it, padded with NULs. */
  static Bytes name(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    if (bytes.length >= DataType.IFNAME.length()) {
      throw new IllegalArgumentException("interface name \"" + text + "\" is longer than 15 bytes");
    }
    return Bytes.owned(Arrays.copyOf(bytes, DataType.IFNAME.length()));
  }

  /** The beginning of a name: the kernel compares as many bytes as it is given. */
  static Bytes namePrefix(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    if (bytes.length == 0 || bytes.length >= DataType.IFNAME.length()) {
      throw new IllegalArgumentException(
          "interface name prefix \"" + text + "\" must have 1 to 15 bytes");
    }
    return Bytes.owned(bytes);
  }

  /** The first {@code length} bytes of an address. */
  static Bytes prefix(NetAddress address, int length) {
    byte[] whole = address.toInetAddress().getAddress();
    return Bytes.owned(Arrays.copyOf(whole, length));
  }

  private static Expression network(int offset, int length, int register) {
    return new Expression.Payload(Expression.Header.NETWORK, offset, length, register);
  }

  private static Expression original(Expression.Ct key, int register) {
    return new Expression.LoadConnection(key, Expression.Direction.ORIGINAL, register);
  }
}
