package io.fairlead.ipvs;

import io.fairlead.netlink.MessageWriter;
import java.util.HexFormat;
import java.util.Optional;

/** What the fake kernel finds a service by; a mark other than 0 makes the rest meaningless. */
record FakeKey(int family, int protocol, String address, int port, int mark) {
  FakeKey(int family, int protocol, byte[] address, int port, int mark) {
    this(family, protocol, HexFormat.of().formatHex(address), port, mark);
  }

  /** The first half of ip_vs_genl_parse_service; empty for EINVAL and EAFNOSUPPORT. */
  static Optional<FakeKey> parse(RawAttributes in) {
    boolean marked = in.has(5);
    int family = in.u16(1);
    if ((!marked && !in.has(2, 3, 4)) || (family != 2 && family != 10)) {
      return Optional.empty();
    }
    return Optional.of(
        marked
            ? new FakeKey(family, 6, new byte[16], 0, in.u32(5))
            : new FakeKey(family, in.u16(2), in.address(3), in.u16(4), 0));
  }

  /** The first half of ip_vs_genl_fill_service. */
  void write(MessageWriter out) {
    out.u16(1, family);
    if (mark != 0) {
      out.u32(5, mark);
      return;
    }
    out.u16(2, protocol).bytes(3, HexFormat.of().parseHex(address)).u16(4, port);
  }
}
