package io.fairlead.proxier.kernel;

import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.nftables.ElementWriter;
import java.util.Optional;

/** Writes core's elements as the kernel's sets have them. */
final class ElementEncoder {
  private ElementEncoder() {}

  /** Writes an element of the set that it is for. */
  static void write(ElementWriter out, SetElement element) throws NetlinkException {
    switch (element) {
      case SetElement.Vip(IpAddress address) -> address(out.key(), address);
      case SetElement.ServicePort port -> port(out.key(), port);
      case SetElement.Hairpin(IpAddress address, Protocol protocol, int port) ->
          address(port(out.key(), address, protocol, port), address);
      case SetElement.LocalOnly local -> port(out.key(), local).value().mark(local.mark());
      case SetElement.Allowed allowed -> {
        AddressRange sources = AddressRange.of(allowed.sources());
        address(port(out.key(), allowed), sources.first());
        address(port(out.keyEnd(), allowed), sources.last());
      }
      case SetElement.PodRange(Cidr range) -> range(out, AddressRange.of(range));
    }
  }

  /** A range of one field is two elements; the last range of all has no end. */
  private static void range(ElementWriter out, AddressRange range) throws NetlinkException {
    address(out.key(), range.first());
    Optional<IpAddress> after = range.after();
    if (after.isPresent()) {
      address(out.key(), after.get()).intervalEnd();
    }
  }

  private static ElementWriter port(ElementWriter out, SetElement.AtPort element) {
    return port(out, element.address(), element.protocol(), element.port());
  }

  private static ElementWriter port(
      ElementWriter out, IpAddress address, Protocol protocol, int port) {
    return address(out, address).u8(protocol.number()).u16(port);
  }

  private static ElementWriter address(ElementWriter out, IpAddress address) {
    return out.address(address.family().bits(), address.hi(), address.lo());
  }
}
