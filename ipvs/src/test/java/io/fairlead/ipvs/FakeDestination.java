package io.fairlead.ipvs;

import io.fairlead.netlink.MessageWriter;
import java.util.HexFormat;

/** One struct ip_vs_dest of the fake kernel; the port is as it came, in network order. */
record FakeDestination(
    int family,
    String address,
    int port,
    int forwarding,
    int weight,
    int upperThreshold,
    int lowerThreshold) {
  /** ip_vs_genl_parse_dest; a family of 0 is the service's. */
  static FakeDestination parse(RawAttributes in, int serviceFamily) {
    return new FakeDestination(
        in.u16(11) == 0 ? serviceFamily : in.u16(11),
        HexFormat.of().formatHex(in.address(1)),
        in.u16(2),
        in.u32(3) & 7,
        in.u32(4),
        in.u32(5),
        in.u32(6));
  }

  boolean isSameServer(FakeDestination other) {
    return family == other.family && address.equals(other.address) && port == other.port;
  }

  /** ip_vs_new_dest: inet_addr_type and ipv6_addr_type, for the addresses that tests use. */
  boolean isUnicast(boolean loopbackUp) {
    if (family == 10) {
      return !address.startsWith("ff") && !address.startsWith("fe80");
    }
    int first = Integer.parseInt(address.substring(0, 2), 16);
    return loopbackUp && first != 0 && first < 224;
  }

  /** ip_vs_genl_dump_dest. */
  void write(MessageWriter out) {
    out.put8(5).put8(1).put16(0);
    int nest = out.openNest(2);
    out.bytes(1, HexFormat.of().parseHex(address)).u16(2, port);
    out.u32(3, forwarding).u32(4, weight).u32(5, upperThreshold).u32(6, lowerThreshold);
    out.u32(7, 0).u32(8, 0).u32(9, 0); // active, inactive, persistent connections
    out.u16(11, family);
    FakeStatistics.write(out);
    out.closeNest(nest);
  }
}
