package io.fairlead.ipvs;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.generic.GenericFamily;

/**
 * How long the kernel keeps an idle connection, in seconds, for this network namespace. In a write,
 * 0 leaves a timeout as it is: the kernel has no timeout of 0 (ip_vs_set_timeout).
 *
 * @param tcpSeconds established TCP connections
 * @param tcpFinSeconds TCP connections after a FIN
 * @param udpSeconds UDP
 */
public record Timeouts(int tcpSeconds, int tcpFinSeconds, int udpSeconds) {
  void write(MessageWriter out) {
    writeUnlessZero(out, Abi.TIMEOUT_TCP, tcpSeconds);
    writeUnlessZero(out, Abi.TIMEOUT_TCP_FIN, tcpFinSeconds);
    writeUnlessZero(out, Abi.TIMEOUT_UDP, udpSeconds);
  }

  /** A kernel built without one of the protocols leaves its timeout out: then it is 0. */
  static Timeouts read(Message message) {
    int tcp = 0;
    int tcpFin = 0;
    int udp = 0;
    Attributes in = message.attributes(GenericFamily.HEADER);
    while (in.next()) {
      switch (in.type()) {
        case Abi.TIMEOUT_TCP -> tcp = in.u32();
        case Abi.TIMEOUT_TCP_FIN -> tcpFin = in.u32();
        case Abi.TIMEOUT_UDP -> udp = in.u32();
        default -> {} // a newer kernel's
      }
    }
    return new Timeouts(tcp, tcpFin, udp);
  }

  private static void writeUnlessZero(MessageWriter out, int type, int seconds) {
    if (seconds != 0) {
      out.u32(type, seconds);
    }
  }
}
