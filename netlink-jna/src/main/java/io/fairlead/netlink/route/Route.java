package io.fairlead.netlink.route;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.NetAddress;
import java.util.Optional;

/**
 * A route with one next hop.
 *
 * @param gateway empty if the destination is on the link itself
 * @param link the index of the device; 0 for a route with many next hops, or with none
 * @param table RT_TABLE_…: 254 main, 255 local
 * @param type RTN_…: 1 unicast, 2 local, 6 blackhole
 * @param protocol who added it, RTPROT_…: 2 the kernel, 3 boot, 4 an administrator
 * @param scope RT_SCOPE_…: 0 universe, 253 link, 254 host
 * @param priority lower wins; {@code metric} in {@code ip route}
 */
public record Route(
    NetAddress destination,
    int prefixLength,
    Optional<NetAddress> gateway,
    int link,
    int table,
    int type,
    int protocol,
    int scope,
    int priority) {
  /** RT_TABLE_MAIN. */
  public static final int MAIN = 254;

  private static final int RTN_UNICAST = 1;
  private static final int RTPROT_BOOT = 3; // as ip route has it
  private static final int RT_SCOPE_UNIVERSE = 0;
  private static final int RT_SCOPE_LINK = 253;

  // struct rtmsg: one byte each for family, dst_len, src_len, tos, table, protocol, scope and type;
  // u32 flags
  static final int HEADER = 12;
  private static final int DESTINATION_LENGTH = 1;
  private static final int TABLE = 4;
  private static final int PROTOCOL = 5;
  private static final int SCOPE = 6;
  private static final int TYPE = 7;

  static final int RTA_DST = 1;
  static final int RTA_OIF = 4;
  static final int RTA_GATEWAY = 5;
  static final int RTA_PRIORITY = 6;
  static final int RTA_TABLE = 15;

  /** A route of the main table to what is on the link itself. */
  public static Route onLink(NetAddress destination, int prefixLength, int link) {
    int scope = destination.bits() == 32 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    return new Route(
        destination,
        prefixLength,
        Optional.empty(),
        link,
        MAIN,
        RTN_UNICAST,
        RTPROT_BOOT,
        scope,
        0);
  }

  /** A route of the main table through a gateway. */
  public static Route via(NetAddress destination, int prefixLength, NetAddress gateway, int link) {
    return new Route(
        destination,
        prefixLength,
        Optional.of(gateway),
        link,
        MAIN,
        RTN_UNICAST,
        RTPROT_BOOT,
        RT_SCOPE_UNIVERSE,
        0);
  }

  static Route read(Message in) {
    NetAddress destination = NetAddress.any(in.u8(0)); // a default route has no RTA_DST
    Optional<NetAddress> gateway = Optional.empty();
    int link = 0;
    int table = in.u8(TABLE);
    int priority = 0;
    Attributes a = in.attributes(HEADER);
    while (a.next()) {
      switch (a.type()) {
        case RTA_DST -> destination = NetAddress.read(a);
        case RTA_GATEWAY -> gateway = Optional.of(NetAddress.read(a));
        case RTA_OIF -> link = a.u32();
        case RTA_PRIORITY -> priority = a.u32();
        case RTA_TABLE -> table = a.u32(); // the header has room for 255 tables only
        default -> {}
      }
    }
    return new Route(
        destination,
        in.u8(DESTINATION_LENGTH),
        gateway,
        link,
        table,
        in.u8(TYPE),
        in.u8(PROTOCOL),
        in.u8(SCOPE),
        priority);
  }

  @Override
  public String toString() {
    String via = gateway.map(address -> " via " + address).orElse("");
    return "route " + destination + "/" + prefixLength + via + " dev " + link + " table " + table;
  }
}
