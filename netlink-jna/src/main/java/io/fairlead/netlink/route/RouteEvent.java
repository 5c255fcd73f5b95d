package io.fairlead.netlink.route;

import io.fairlead.netlink.Message;
import java.util.Optional;

/** A change that the kernel tells about. It tells of changes that this process made, too. */
public sealed interface RouteEvent {
  /** A link is new, or something about it is. */
  record LinkChanged(Link link) implements RouteEvent {}

  record LinkGone(Link link) implements RouteEvent {}

  /** An address is new, or its flags or lifetimes are. */
  record AddressChanged(InterfaceAddress address) implements RouteEvent {}

  record AddressGone(InterfaceAddress address) implements RouteEvent {}

  record RouteChanged(Route route) implements RouteEvent {}

  record RouteGone(Route route) implements RouteEvent {}

  record NeighbourChanged(Neighbour neighbour) implements RouteEvent {}

  record NeighbourGone(Neighbour neighbour) implements RouteEvent {}

  /** The socket's buffer was full and events were dropped: read the state anew. */
  record EventsLost() implements RouteEvent {}

  /**
   * What a message tells; empty for what is not of these kinds.
   *
   * @throws io.fairlead.netlink.MalformedNetlinkException if it makes no sense
   */
  static Optional<RouteEvent> read(Message in) {
    // Bridges tell of their ports and forwarding tables by these messages, too (AF_BRIDGE): a
    // DELLINK of theirs says that a link left the bridge, not that it is gone.
    if (in.u8(0) == Rtnl.AF_BRIDGE) {
      return Optional.empty();
    }
    return switch (in.type()) {
      case Rtnl.RTM_NEWLINK -> Optional.of(new LinkChanged(Link.read(in)));
      case Rtnl.RTM_DELLINK -> Optional.of(new LinkGone(Link.read(in)));
      case Rtnl.RTM_NEWADDR -> Optional.of(new AddressChanged(InterfaceAddress.read(in)));
      case Rtnl.RTM_DELADDR -> Optional.of(new AddressGone(InterfaceAddress.read(in)));
      case Rtnl.RTM_NEWROUTE -> Optional.of(new RouteChanged(Route.read(in)));
      case Rtnl.RTM_DELROUTE -> Optional.of(new RouteGone(Route.read(in)));
      case Rtnl.RTM_NEWNEIGH -> Optional.of(new NeighbourChanged(Neighbour.read(in)));
      case Rtnl.RTM_DELNEIGH -> Optional.of(new NeighbourGone(Neighbour.read(in)));
      default -> Optional.empty();
    };
  }
}
