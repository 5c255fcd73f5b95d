package io.fairlead.proxier.kernel;

import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Comparison;
import io.fairlead.core.dataplane.Comparison.Delta;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.netlink.Batch;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetAddress;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.route.Addresses;
import io.fairlead.netlink.route.InterfaceAddress;
import io.fairlead.netlink.route.Link;
import io.fairlead.netlink.route.Links;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The dummy device kube-ipvs0, which makes virtual IPs local to the node. It is never brought up,
 * and its name is never another: CNIs look for it to know that IPVS is in use.
 */
public final class VipDevice {
  public static final String NAME = "kube-ipvs0";

  // Duplicate address detection would keep an IPv6 VIP tentative, and every node has the same one.
  // Undeprecated, the kernel may take it as the source of masqueraded flows (ipv6_dev_get_saddr
  // looks at all devices), and the answers would never come back.
  private static final int IPV6_VIP = InterfaceAddress.NO_DAD | InterfaceAddress.DEPRECATED;

  private final NetlinkConnection connection;
  private final Links links;
  private final Addresses addresses;
  private int index; // 0: not known to exist

  /** Addresses that somebody bound with a network around them: they go by that name only. */
  private final Map<IpAddress, Integer> oddPrefixes = new HashMap<>();

  /** The connection stays the caller's to close. */
  public VipDevice(NetlinkConnection connection) {
    this.connection = connection;
    this.links = new Links(connection);
    this.addresses = new Addresses(connection);
  }

  /**
   * What the namespace's devices hold.
   *
   * @param exists whether kube-ipvs0 does
   * @param bound its addresses
   * @param others the addresses of all other devices, loopback and link-local ones left out
   */
  public record Snapshot(
      boolean exists, ImmutableSet<IpAddress> bound, ImmutableSet<IpAddress> others) {}

  /** Reads all addresses in one dump (kubernetes#73382: never one request per device). */
  public Snapshot read() throws NetlinkException {
    var bound = ImmutableSet.<IpAddress>builder();
    ImmutableSet<IpAddress> others = read(bound::add);
    return new Snapshot(index != 0, bound.build(), others);
  }

  /**
   * What the namespace's devices hold, beside what is believed.
   *
   * @param bound how the addresses of kube-ipvs0 differ
   */
  record Difference(boolean exists, Delta<IpAddress> bound, ImmutableSet<IpAddress> others) {}

  Difference compare(Set<IpAddress> believed) throws NetlinkException {
    var bound = new Comparison<>(believed);
    ImmutableSet<IpAddress> others = read(bound::met);
    return new Difference(index != 0, bound.end(), others);
  }

  /** Hands out the addresses of kube-ipvs0, and returns those of the other devices. */
  private ImmutableSet<IpAddress> read(Consumer<IpAddress> bound) throws NetlinkException {
    index = links.find(NAME).map(Link::index).orElse(0);
    var others = ImmutableSet.<IpAddress>builder();
    oddPrefixes.clear();
    for (InterfaceAddress held : addresses.all()) {
      IpAddress address = coreAddress(held.address());
      if (address.isLoopback() || address.isLinkLocal()) {
        continue; // never a VIP; and the kernel gives the device fe80::/64 if somebody sets it up
      }
      if (held.link() == index) {
        bound.accept(address);
        if (held.prefixLength() != address.family().bits()) {
          oddPrefixes.put(address, held.prefixLength());
        }
      } else {
        others.add(address);
      }
    }
    return others.build();
  }

  /** Creates the device, down; it is no error if it exists. */
  void create() throws NetlinkException {
    try {
      links.addDummy(NAME);
    } catch (NetlinkException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
    index = links.find(NAME).map(Link::index).orElse(0);
  }

  /** Deletes the device with all its addresses; false if there was none. */
  public boolean delete() throws NetlinkException {
    Optional<Link> link = links.find(NAME);
    if (link.isPresent()) {
      links.delete(link.get().index());
    }
    index = 0;
    return link.isPresent();
  }

  Batch batch() {
    return connection.batch();
  }

  void bind(Batch batch, int tag, IpAddress address) throws NetlinkException {
    int bits = address.family().bits();
    int flags = address.family() == Family.IPV6 ? IPV6_VIP : 0;
    Addresses.add(batch, tag, index, bits, address.hi(), address.lo(), bits, flags);
  }

  void unbind(Batch batch, int tag, IpAddress address) throws NetlinkException {
    int bits = address.family().bits();
    int prefix = oddPrefixes.getOrDefault(address, bits);
    Addresses.delete(batch, tag, index, bits, address.hi(), address.lo(), prefix);
  }

  private static IpAddress coreAddress(NetAddress address) {
    return address.bits() == 32
        ? IpAddress.v4((int) address.lo())
        : IpAddress.v6(address.hi(), address.lo());
  }
}
