package io.fairlead.netlink.route;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.MalformedNetlinkException;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.NetAddress;
import org.jspecify.annotations.Nullable;

/**
 * An address of a device. The first three identify it.
 *
 * @param link the index of the device
 * @param scope RT_SCOPE_…: 0 universe, 253 link, 254 host
 * @param flags IFA_F_… bits of linux/if_addr.h
 */
public record InterfaceAddress(
    int link, NetAddress address, int prefixLength, int scope, int flags) {
  /** No duplicate address detection: an IPv6 address can be used at once, not tentative. */
  public static final int NO_DAD = 0x02; // IFA_F_NODAD

  /**
   * IPv6 only: valid, but never chosen as a source while there is another (RFC 6724, rule 3). The
   * address is added with a preferred lifetime of 0.
   */
  public static final int DEPRECATED = 0x20; // IFA_F_DEPRECATED

  /** Added for good, not by autoconfiguration. */
  public static final int PERMANENT = 0x80; // IFA_F_PERMANENT

  // struct ifaddrmsg { u8 family; u8 prefixlen; u8 flags; u8 scope; u32 index; }
  static final int HEADER = 8;
  private static final int PREFIX_LENGTH = 1;
  private static final int FLAGS = 2;
  private static final int SCOPE = 3;
  private static final int INDEX = 4;

  static final int IFA_ADDRESS = 1;
  static final int IFA_LOCAL = 2;
  static final int IFA_CACHEINFO = 6;
  static final int IFA_FLAGS = 8;

  static InterfaceAddress read(Message in) {
    // On a point-to-point link IFA_ADDRESS is the other end, and IFA_LOCAL this one.
    @Nullable NetAddress address = null;
    @Nullable NetAddress local = null;
    int flags = in.u8(FLAGS); // older half: 8 bits
    Attributes a = in.attributes(HEADER);
    while (a.next()) {
      switch (a.type()) {
        case IFA_ADDRESS -> address = NetAddress.read(a);
        case IFA_LOCAL -> local = NetAddress.read(a);
        case IFA_FLAGS -> flags = a.u32();
        default -> {}
      }
    }
    NetAddress own = local != null ? local : address;
    if (own == null) {
      throw new MalformedNetlinkException("an address message without an address");
    }
    return new InterfaceAddress(in.u32(INDEX), own, in.u8(PREFIX_LENGTH), in.u8(SCOPE), flags);
  }
}
