package io.fairlead.netlink.conntrack;

import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetAddress;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which connections to list. All that is given must hold. Linux 5.8 and later select by it
 * themselves; it is checked here again, for what the kernel did not.
 *
 * @param family AF_INET or AF_INET6; 0 for both
 * @param destination where the opening packets were sent: a virtual IP
 * @param server where answers come from: an endpoint
 */
public record ConnectionFilter(
    int family,
    OptionalInt protocol,
    Optional<NetAddress> destination,
    OptionalInt destinationPort,
    Optional<NetAddress> server,
    OptionalInt serverPort) {
  /** All connections. */
  public static final ConnectionFilter ALL =
      new ConnectionFilter(
          0,
          OptionalInt.empty(),
          Optional.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          OptionalInt.empty());

  private static final int AF_INET = 2;
  private static final int CTA_FILTER = 25;
  private static final int CTA_FILTER_ORIG_FLAGS = 1;
  private static final int CTA_FILTER_REPLY_FLAGS = 2;

  // CTA_FILTER_F_… of net/netfilter/nf_internals.h: which parts of a tuple count
  private static final int SOURCE = 1;
  private static final int DESTINATION = 1 << 1;
  private static final int PROTOCOL = 1 << 3;
  private static final int SOURCE_PORT = 1 << 4;
  private static final int DESTINATION_PORT = 1 << 5;

  /**
   * Selects by protocol.
   *
   * @param number an IP protocol number
   */
  public ConnectionFilter withProtocol(int number) {
    return new ConnectionFilter(
        family, OptionalInt.of(number), destination, destinationPort, server, serverPort);
  }

  /** Selects by IP version: AF_INET or AF_INET6. */
  public ConnectionFilter withFamily(int number) {
    return new ConnectionFilter(number, protocol, destination, destinationPort, server, serverPort);
  }

  /** Selects by the address that the opening packets were sent to. */
  public ConnectionFilter to(NetAddress address) {
    return new ConnectionFilter(
        address.family(), protocol, Optional.of(address), destinationPort, server, serverPort);
  }

  /** Selects by the address and port that the opening packets were sent to. */
  public ConnectionFilter to(NetAddress address, int port) {
    return new ConnectionFilter(
        address.family(), protocol, Optional.of(address), OptionalInt.of(port), server, serverPort);
  }

  /** Selects by the address and port that answers come from. */
  public ConnectionFilter servedBy(NetAddress address, int port) {
    return new ConnectionFilter(
        address.family(),
        protocol,
        destination,
        destinationPort,
        Optional.of(address),
        OptionalInt.of(port));
  }

  /** Whether the connection is one of those. */
  public boolean matches(Connection connection) {
    FlowTuple original = connection.original();
    FlowTuple reply = connection.reply();
    return (family == 0 || original.source().family() == family)
        && protocol.orElse(original.protocol()) == original.protocol()
        && destination.orElse(original.destination()).equals(original.destination())
        && destinationPort.orElse(original.destinationPort()) == original.destinationPort()
        && server.orElse(reply.source()).equals(reply.source())
        && serverPort.orElse(reply.sourcePort()) == reply.sourcePort();
  }

  /** Writes what the kernel can select by: it wants a family, and a protocol with every port. */
  void write(MessageWriter out) {
    int original = bits(destination.isPresent(), DESTINATION, destinationPort, DESTINATION_PORT);
    int reply = bits(server.isPresent(), SOURCE, serverPort, SOURCE_PORT);
    if (family == 0 || (original | reply) == 0) {
      return;
    }
    NetAddress any = NetAddress.any(family);
    int number = protocol.orElse(0);
    new FlowTuple(number, any, 0, destination.orElse(any), destinationPort.orElse(0))
        .write(out, Connection.CTA_TUPLE_ORIG);
    new FlowTuple(number, server.orElse(any), serverPort.orElse(0), any, 0)
        .write(out, Connection.CTA_TUPLE_REPLY);
    int filter = out.openNest(CTA_FILTER);
    out.u32(CTA_FILTER_ORIG_FLAGS, original).u32(CTA_FILTER_REPLY_FLAGS, reply);
    out.closeNest(filter);
  }

  private int bits(boolean hasAddress, int address, OptionalInt port, int portBit) {
    // ctnetlink_filter_match_tuple compares IPv6 addresses the wrong way round (5.8 to 6.18 at
    // least): it would leave out just those that are wanted.
    int bits = hasAddress && family == AF_INET ? address : 0;
    if (protocol.isPresent()) {
      bits |= PROTOCOL | (port.isPresent() ? portBit : 0);
    }
    return bits;
  }
}
