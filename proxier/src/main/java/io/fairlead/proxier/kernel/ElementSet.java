package io.fairlead.proxier.kernel;

import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.nftables.Bytes;
import io.fairlead.netlink.nftables.DataType;
import io.fairlead.netlink.nftables.ElementWriter;
import io.fairlead.netlink.nftables.NamedSet;
import java.util.Locale;
import java.util.Optional;

/** The table's sets, of which each family has its own, and how core's elements look in them. */
enum ElementSet {
  /** Addresses that are Services' alone. */
  VIPS,
  /** Service ports of any kind. */
  SERVICES,
  /** Service ports whose flows are masqueraded whoever sends them. */
  MASQUERADE,
  /** Service ports on ClusterIPs. */
  CLUSTER_IPS,
  /** Service ports that nobody serves. */
  NO_ENDPOINTS,
  /** Endpoints of this node, with themselves as source. */
  HAIRPIN;

  static ElementSet of(SetElement element) {
    return switch (element) {
      case SetElement.Vip _ -> VIPS;
      case SetElement.ServicePort port ->
          switch (port.set()) {
            case SERVICES -> SERVICES;
            case MASQUERADE -> MASQUERADE;
            case CLUSTER_IPS -> CLUSTER_IPS;
            case NO_ENDPOINTS -> NO_ENDPOINTS;
          };
      case SetElement.Hairpin _ -> HAIRPIN;
    };
  }

  /** {@code vips4}, {@code cluster_ips6}, … */
  String name(Family family) {
    return name().toLowerCase(Locale.ROOT) + (family == Family.IPV4 ? "4" : "6");
  }

  NamedSet of(Family family) {
    DataType address = family == Family.IPV4 ? DataType.IPV4_ADDR : DataType.IPV6_ADDR;
    return switch (this) {
      case VIPS -> NamedSet.of(name(family), address);
      case SERVICES, MASQUERADE, CLUSTER_IPS, NO_ENDPOINTS ->
          NamedSet.of(name(family), address, DataType.INET_PROTO, DataType.INET_SERVICE);
      case HAIRPIN ->
          NamedSet.of(name(family), address, DataType.INET_PROTO, DataType.INET_SERVICE, address);
    };
  }

  /** Writes an element of this set. */
  static void write(ElementWriter out, SetElement element) throws NetlinkException {
    IpAddress address = element.address();
    int bits = address.family().bits();
    ElementWriter key = out.key().address(bits, address.hi(), address.lo());
    switch (element) {
      case SetElement.Vip _ -> {}
      case SetElement.ServicePort port -> key.u8(port.protocol().number()).u16(port.port());
      case SetElement.Hairpin pin ->
          key.u8(pin.protocol().number()).u16(pin.port()).address(bits, address.hi(), address.lo());
    }
  }

  /** The element with this key; empty if it is none of ours. */
  Optional<SetElement> read(Family family, Bytes key) {
    IpAddress address =
        family == Family.IPV4
            ? IpAddress.v4(key.u32(0))
            : IpAddress.v6(key.u64(0), key.u64(Long.BYTES));
    if (this == VIPS) {
      return Optional.of(new SetElement.Vip(address));
    }
    int after = family.bits() / 8;
    int port = key.u16(after + 4);
    return Protocol.ofNumber(key.u8(after)).map(protocol -> element(address, protocol, port));
  }

  private SetElement element(IpAddress address, Protocol protocol, int port) {
    return switch (this) {
      case VIPS -> new SetElement.Vip(address);
      case SERVICES -> in(SetElement.ServicePort.Set.SERVICES, address, protocol, port);
      case MASQUERADE -> in(SetElement.ServicePort.Set.MASQUERADE, address, protocol, port);
      case CLUSTER_IPS -> in(SetElement.ServicePort.Set.CLUSTER_IPS, address, protocol, port);
      case NO_ENDPOINTS -> in(SetElement.ServicePort.Set.NO_ENDPOINTS, address, protocol, port);
      case HAIRPIN -> new SetElement.Hairpin(address, protocol, port);
    };
  }

  private static SetElement in(
      SetElement.ServicePort.Set set, IpAddress address, Protocol protocol, int port) {
    return new SetElement.ServicePort(set, address, protocol, port);
  }
}
