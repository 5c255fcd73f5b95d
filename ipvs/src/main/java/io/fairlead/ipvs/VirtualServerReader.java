package io.fairlead.ipvs;

import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.Protocol;
import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.MalformedNetlinkException;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.generic.GenericFamily;
import java.util.Optional;

/**
 * Reads one IPVS_CMD_ATTR_SERVICE. Nothing that was read is believed to be complete or in order;
 * what makes no sense throws {@link MalformedNetlinkException}.
 */
final class VirtualServerReader {
  private final Seen seen = new Seen();
  private int family;
  private int protocol;
  private long addressHigh;
  private long addressLow;
  private int port;
  private int mark;
  private String scheduler = "";
  private int flags;
  private int timeout;
  private int netmask; // an IPv6 prefix length
  private int netmaskBe; // an IPv4 mask
  private Statistics statistics = Statistics.NONE;

  private VirtualServerReader() {}

  /** Reads a virtual server's identity and options, and leaves its statistics unread. */
  static VirtualServerReader of(Message message) {
    return read(message, false);
  }

  static VirtualServerReader withStatistics(Message message) {
    return read(message, true);
  }

  /**
   * What the virtual server matches; empty if its protocol is not one of core's. The kernel takes
   * any protocol number, and another tool's oddity must not make the table unreadable.
   */
  Optional<VirtualServerKey> key() {
    seen.require("virtual server", Abi.SVC_AF);
    Family known = Addresses.family(family);
    if (seen.has(Abi.SVC_FWMARK)) {
      return Optional.of(new VirtualServerKey.Marked(mark, known));
    }
    seen.require("virtual server", Abi.SVC_PROTOCOL, Abi.SVC_ADDR, Abi.SVC_PORT);
    return Protocol.ofNumber(protocol)
        .map(match ->
            new VirtualServerKey.Addressed(
                Addresses.of(known, addressHigh, addressLow), port, match));
  }

  VirtualServerOptions options() {
    seen.require(
        "virtual server", Abi.SVC_SCHED_NAME, Abi.SVC_FLAGS, Abi.SVC_TIMEOUT, Abi.SVC_NETMASK);
    if (timeout < 0) {
      throw new MalformedNetlinkException(
          "persistence timeout " + Integer.toUnsignedString(timeout));
    }
    return new VirtualServerOptions(scheduler, flags, timeout, prefix());
  }

  Statistics statistics() {
    return statistics;
  }

  /** A mask with holes, which only another tool would set, counts up to its first hole. */
  private int prefix() {
    return switch (Addresses.family(family)) {
      case IPV4 -> Integer.numberOfLeadingZeros(~netmaskBe);
      case IPV6 -> netmask;
    };
  }

  private static VirtualServerReader read(Message message, boolean statistics) {
    Attributes in = message.attributes(GenericFamily.HEADER);
    while (in.next()) {
      if (in.type() == Abi.SERVICE) {
        var reader = new VirtualServerReader();
        reader.readAll(in.nested(), statistics);
        return reader;
      }
    }
    throw new MalformedNetlinkException("an answer without IPVS_CMD_ATTR_SERVICE");
  }

  private void readAll(Attributes in, boolean statistics) {
    while (in.next()) {
      seen.add(in.type());
      switch (in.type()) {
        case Abi.SVC_AF -> family = in.u16();
        case Abi.SVC_PROTOCOL -> protocol = in.u16();
        case Abi.SVC_ADDR -> readAddress(in);
        case Abi.SVC_PORT -> port = in.u16Be();
        case Abi.SVC_FWMARK -> mark = in.u32();
        case Abi.SVC_SCHED_NAME -> scheduler = in.string();
        case Abi.SVC_FLAGS -> flags = in.u32At(0);
        case Abi.SVC_TIMEOUT -> timeout = in.u32();
        case Abi.SVC_NETMASK -> readNetmask(in);
        case Abi.SVC_STATS, Abi.SVC_STATS64 -> readStatistics(in, statistics);
        default -> {} // a newer kernel's
      }
    }
  }

  private void readAddress(Attributes in) {
    addressHigh = Addresses.high(in);
    addressLow = Addresses.low(in);
  }

  private void readNetmask(Attributes in) {
    netmask = in.u32();
    netmaskBe = in.u32Be();
  }

  private void readStatistics(Attributes in, boolean wanted) {
    if (wanted && (in.type() == Abi.SVC_STATS64 || !seen.has(Abi.SVC_STATS64))) {
      statistics = StatisticsReader.read(in.nested());
    }
  }
}
