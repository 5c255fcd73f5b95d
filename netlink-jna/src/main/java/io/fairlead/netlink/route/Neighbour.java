package io.fairlead.netlink.route;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.MalformedNetlinkException;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.NetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who answers for an address on a link.
 *
 * @param link the index of the device
 * @param hardwareAddress 48 bits, or 0 if none is known
 * @param state NUD_… bits of linux/neighbour.h
 */
public record Neighbour(int link, NetAddress address, long hardwareAddress, int state) {
  /** NUD_REACHABLE. */
  public static final int REACHABLE = 0x02;

  /** Entered by hand and kept: NUD_PERMANENT. */
  public static final int PERMANENT = 0x80;

  // struct ndmsg { u8 family; u8 pad; u16 pad; s32 ifindex; u16 state; u8 flags; u8 type; }
  static final int HEADER = 12;
  private static final int INDEX = 4;
  private static final int STATE = 8;

  static final int NDA_DST = 1;
  static final int NDA_LLADDR = 2;
  private static final int ETHERNET = 6; // bytes of a hardware address

  static Neighbour read(Message in) {
    @Nullable NetAddress address = null;
    long hardwareAddress = 0;
    Attributes a = in.attributes(HEADER);
    while (a.next()) {
      switch (a.type()) {
        case NDA_DST -> address = NetAddress.read(a);
        case NDA_LLADDR -> {
          if (a.length() == ETHERNET) {
            hardwareAddress = Integer.toUnsignedLong(a.u32BeAt(0)) << 16 | (a.u32BeAt(2) & 0xffff);
          }
        }
        default -> {}
      }
    }
    if (address == null) {
      throw new MalformedNetlinkException("a neighbour without an address");
    }
    return new Neighbour(in.u32(INDEX), address, hardwareAddress, in.u16(STATE));
  }
}
