package io.fairlead.proxier.kernel;

import io.fairlead.core.net.IpAddress;
import io.fairlead.netlink.NetAddress;
import io.fairlead.netlink.route.InterfaceAddress;
import io.fairlead.netlink.route.Link;
import io.fairlead.netlink.route.RouteEvent;
import java.util.Optional;

/**
 * Tells which events may change what node ports are served on. VIPs do not: there may be tens of
 * thousands, and they are Fairlead's own doing. As long as the number of kube-ipvs0 is not known
 * its addresses count as news, which costs a reading and changes nothing.
 */
final class AddressNews {
  private int vipDevice; // 0: not known

  /** Which device is kube-ipvs0, if it is there. */
  void vipDevice(Optional<Integer> index) {
    vipDevice = index.orElse(0);
  }

  /** Takes the events in the order in which they were heard. */
  boolean isNews(RouteEvent event) {
    return switch (event) {
      case RouteEvent.AddressChanged(InterfaceAddress held) -> concernsNodePorts(held);
      case RouteEvent.AddressGone(InterfaceAddress held) -> concernsNodePorts(held);
      case RouteEvent.LinkChanged(Link link) -> {
        learn(link);
        yield false;
      }
      case RouteEvent.LinkGone(Link link) -> {
        vipDevice = link.index() == vipDevice ? 0 : vipDevice;
        yield false;
      }
      case RouteEvent.EventsLost() -> true;
      case RouteEvent.RouteChanged _,
          RouteEvent.RouteGone _,
          RouteEvent.NeighbourChanged _,
          RouteEvent.NeighbourGone _ ->
          false;
    };
  }

  private void learn(Link link) {
    if (link.name().equals(VipDevice.NAME)) {
      vipDevice = link.index();
    } else if (link.index() == vipDevice) {
      vipDevice = 0; // renamed, or the number is another's now
    }
  }

  private boolean concernsNodePorts(InterfaceAddress held) {
    NetAddress raw = held.address();
    IpAddress address =
        raw.bits() == 32 ? IpAddress.v4((int) raw.lo()) : IpAddress.v6(raw.hi(), raw.lo());
    return held.link() != vipDevice && !address.isLoopback() && !address.isLinkLocal();
  }
}
