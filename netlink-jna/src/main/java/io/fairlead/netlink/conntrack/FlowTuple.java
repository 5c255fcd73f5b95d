package io.fairlead.netlink.conntrack;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.MalformedNetlinkException;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection, as the sender of its packets sees it.
 *
 * @param protocol an IP protocol number: 6 TCP, 17 UDP, 132 SCTP
 * @param sourcePort 0 for a protocol without ports
 */
public record FlowTuple(
    int protocol, NetAddress source, int sourcePort, NetAddress destination, int destinationPort) {
  private static final int CTA_TUPLE_IP = 1;
  private static final int CTA_TUPLE_PROTO = 2;
  private static final int CTA_IP_V4_SRC = 1;
  private static final int CTA_IP_V4_DST = 2;
  private static final int CTA_IP_V6_SRC = 3;
  private static final int CTA_IP_V6_DST = 4;
  private static final int CTA_PROTO_NUM = 1;
  private static final int CTA_PROTO_SRC_PORT = 2;
  private static final int CTA_PROTO_DST_PORT = 3;

  /** Writes CTA_TUPLE_ORIG or CTA_TUPLE_REPLY. */
  void write(MessageWriter out, int type) {
    int tuple = out.openNest(type);
    boolean v4 = source.bits() == 32;
    int ip = out.openNest(CTA_TUPLE_IP);
    source.write(out, v4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC);
    destination.write(out, v4 ? CTA_IP_V4_DST : CTA_IP_V6_DST);
    out.closeNest(ip);
    int proto = out.openNest(CTA_TUPLE_PROTO);
    out.u8(CTA_PROTO_NUM, protocol)
        .u16Be(CTA_PROTO_SRC_PORT, sourcePort)
        .u16Be(CTA_PROTO_DST_PORT, destinationPort);
    out.closeNest(proto);
    out.closeNest(tuple);
  }

  static FlowTuple read(Attributes in) {
    @Nullable NetAddress source = null;
    @Nullable NetAddress destination = null;
    Ports ports = Ports.NONE;
    while (in.next()) {
      switch (in.type()) {
        case CTA_TUPLE_IP -> {
          Attributes ip = in.nested();
          while (ip.next()) {
            switch (ip.type()) {
              case CTA_IP_V4_SRC, CTA_IP_V6_SRC -> source = NetAddress.read(ip);
              case CTA_IP_V4_DST, CTA_IP_V6_DST -> destination = NetAddress.read(ip);
              default -> {}
            }
          }
        }
        case CTA_TUPLE_PROTO -> ports = Ports.read(in.nested());
        default -> {}
      }
    }
    if (source == null || destination == null) {
      throw new MalformedNetlinkException("a connection without addresses");
    }
    return new FlowTuple(
        ports.protocol(), source, ports.source(), destination, ports.destination());
  }

  /** CTA_TUPLE_PROTO. */
  private record Ports(int protocol, int source, int destination) {
    static final Ports NONE = new Ports(0, 0, 0);

    static Ports read(Attributes in) {
      int protocol = 0;
      int source = 0;
      int destination = 0;
      while (in.next()) {
        switch (in.type()) {
          case CTA_PROTO_NUM -> protocol = in.u8();
          case CTA_PROTO_SRC_PORT -> source = in.u16Be();
          case CTA_PROTO_DST_PORT -> destination = in.u16Be();
          default -> {}
        }
      }
      return new Ports(protocol, source, destination);
    }
  }

  @Override
  public String toString() {
    return "protocol "
        + protocol
        + " "
        + source
        + " port "
        + sourcePort
        + " to "
        + destination
        + " port "
        + destinationPort;
  }
}
