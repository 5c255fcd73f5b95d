package io.fairlead.netlink.route;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.MalformedNetlinkException;
import io.fairlead.netlink.Message;

/**
 * A network device.
 *
 * @param index its number, unique in its network namespace
 * @param kind the driver's name, such as {@code dummy}; empty for hardware and {@code lo}
 * @param flags IFF_… bits of linux/if.h
 * @param mtu in bytes
 * @param master the index of the bridge or bond that it is in, or 0
 */
public record Link(int index, String name, String kind, int flags, int mtu, int master) {
  private static final int IFF_UP = 1;

  // struct ifinfomsg { u8 family; u8 pad; u16 type; s32 index; u32 flags; u32 change; }
  static final int HEADER = 16;
  private static final int INDEX = 4;
  private static final int FLAGS = 8;

  static final int IFLA_IFNAME = 3;
  static final int IFLA_MTU = 4;
  static final int IFLA_MASTER = 10;
  static final int IFLA_LINKINFO = 18;
  static final int IFLA_EXT_MASK = 29;
  static final int IFLA_INFO_KIND = 1;

  /** Whether the device is administratively up. */
  public boolean isUp() {
    return (flags & IFF_UP) != 0;
  }

  static Link read(Message in) {
    String name = "";
    String kind = "";
    int mtu = 0;
    int master = 0;
    Attributes a = in.attributes(HEADER);
    while (a.next()) {
      switch (a.type()) {
        case IFLA_IFNAME -> name = a.string();
        case IFLA_MTU -> mtu = a.u32();
        case IFLA_MASTER -> master = a.u32();
        case IFLA_LINKINFO -> kind = kind(a.nested());
        default -> {}
      }
    }
    if (name.isEmpty()) {
      throw new MalformedNetlinkException("link " + in.u32(INDEX) + " has no name");
    }
    return new Link(in.u32(INDEX), name, kind, in.u32(FLAGS), mtu, master);
  }

  private static String kind(Attributes info) {
    while (info.next()) {
      if (info.type() == IFLA_INFO_KIND) {
        return info.string();
      }
    }
    return "";
  }
}
