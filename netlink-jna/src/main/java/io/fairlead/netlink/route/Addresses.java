package io.fairlead.netlink.route;

import static io.fairlead.netlink.route.Rtnl.NLM_F_CREATE;
import static io.fairlead.netlink.route.Rtnl.NLM_F_EXCL;
import static io.fairlead.netlink.route.Rtnl.RTM_DELADDR;
import static io.fairlead.netlink.route.Rtnl.RTM_GETADDR;
import static io.fairlead.netlink.route.Rtnl.RTM_NEWADDR;

import io.fairlead.netlink.Batch;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetAddress;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import java.util.List;
import java.util.Optional;

/** The addresses of a namespace's devices, over a NETLINK_ROUTE connection that the caller owns. */
public final class Addresses {
  private static final int RT_SCOPE_UNIVERSE = 0;
  private static final int FOR_EVER = -1; // INFINITY_LIFE_TIME

  private final NetlinkConnection connection;

  public Addresses(NetlinkConnection connection) {
    this.connection = connection;
  }

  /** Every address of every device and of both families, in one dump. */
  public List<InterfaceAddress> all() throws NetlinkException {
    return list(Rtnl.AF_UNSPEC, 0);
  }

  /**
   * The addresses of one device; the kernel selects them. ENODEV if there is no such device.
   *
   * @param link the index of the device
   */
  public List<InterfaceAddress> of(int link) throws NetlinkException {
    return list(Rtnl.AF_UNSPEC, link);
  }

  /**
   * The addresses of one family of one device.
   *
   * @param family AF_INET or AF_INET6; 0 for both
   * @param link the index of the device; 0 for all
   */
  public List<InterfaceAddress> list(int family, int link) throws NetlinkException {
    // Strict checking: everything but family and index must be 0 (inet_valid_dump_ifaddr_req).
    header(connection.request(RTM_GETADDR, 0), family, 0, 0, link);
    List<Optional<InterfaceAddress>> found =
        connection.dump(
            "list addresses", // those of other protocols (MCTP, Phonet) come along
            answer -> Optional.of(answer).filter(Rtnl::isIp).map(InterfaceAddress::read));
    return found.stream().flatMap(Optional::stream).toList();
  }

  /**
   * Adds an address with scope universe. EEXIST if the device has it with the same prefix length.
   *
   * @param flags IFA_F_… bits, such as {@link InterfaceAddress#NO_DAD}, or 0
   */
  public void add(int link, NetAddress address, int prefixLength, int flags)
      throws NetlinkException {
    MessageWriter out = connection.request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
    write(out, link, address.bits(), address.hi(), address.lo(), prefixLength, flags);
    connection.execute("add address " + address + "/" + prefixLength + " to link " + link);
  }

  /** Deletes an address. EADDRNOTAVAIL if the device does not have it. */
  public void delete(int link, NetAddress address, int prefixLength) throws NetlinkException {
    MessageWriter out = connection.request(RTM_DELADDR, 0);
    write(out, link, address.bits(), address.hi(), address.lo(), prefixLength, 0);
    connection.execute("delete address " + address + "/" + prefixLength + " of link " + link);
  }

  /**
   * Writes {@link #add} into a batch, with no object made. The address is given as {@link
   * NetAddress} holds it.
   *
   * @param tag comes back if the kernel refuses the address
   */
  public static void add(
      Batch batch, int tag, int link, int bits, long hi, long lo, int prefixLength, int flags)
      throws NetlinkException {
    write(
        batch.next(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, tag),
        link,
        bits,
        hi,
        lo,
        prefixLength,
        flags);
  }

  /** Writes {@link #delete} into a batch, with no object made. */
  public static void delete(
      Batch batch, int tag, int link, int bits, long hi, long lo, int prefixLength)
      throws NetlinkException {
    write(batch.next(RTM_DELADDR, 0, tag), link, bits, hi, lo, prefixLength, 0);
  }

  private static void write(
      MessageWriter out, int link, int bits, long hi, long lo, int prefixLength, int flags) {
    // IPv4 wants IFA_LOCAL, and IFA_ADDRESS is the peer; without it a /32 would get no local route.
    header(out, NetAddress.family(bits), prefixLength, RT_SCOPE_UNIVERSE, link);
    NetAddress.write(out, InterfaceAddress.IFA_LOCAL, bits, hi, lo);
    NetAddress.write(out, InterfaceAddress.IFA_ADDRESS, bits, hi, lo);
    if (flags != 0) {
      out.u32(InterfaceAddress.IFA_FLAGS, flags);
    }
    if ((flags & InterfaceAddress.DEPRECATED) != 0) {
      // The kernel ignores the flag and goes by the lifetimes (inet6_rtm_newaddr): struct
      // ifa_cacheinfo { u32 preferred, valid, created, updated; }, in seconds.
      int cacheInfo = out.openAttribute(InterfaceAddress.IFA_CACHEINFO);
      out.put32(0).put32(FOR_EVER).put32(0).put32(0);
      out.closeAttribute(cacheInfo);
    }
  }

  private static void header(MessageWriter out, int family, int prefixLength, int scope, int link) {
    out.put8(family).put8(prefixLength).put8(0).put8(scope).put32(link);
  }
}
