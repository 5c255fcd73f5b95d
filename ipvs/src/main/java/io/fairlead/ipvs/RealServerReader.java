package io.fairlead.ipvs;

import io.fairlead.core.dataplane.Connections;
import io.fairlead.core.dataplane.Forwarding;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.MalformedNetlinkException;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.generic.GenericFamily;

/**
 * Reads one IPVS_CMD_ATTR_DEST. Nothing that was read is believed to be complete or in order; what
 * makes no sense throws {@link MalformedNetlinkException}.
 */
final class RealServerReader {
  private final Seen seen = new Seen();
  private int family;
  private long addressHigh;
  private long addressLow;
  private int port;
  private int forwarding;
  private int weight;
  private int upperThreshold;
  private int lowerThreshold;
  private int active;
  private int inactive;
  private int persistent;
  private Statistics statistics = Statistics.NONE;

  private RealServerReader() {}

  /** Reads all but the statistics. */
  static RealServerReader of(Message message) {
    return read(message, false);
  }

  static RealServerReader withStatistics(Message message) {
    return read(message, true);
  }

  /**
   * Which real server it is.
   *
   * @param service the virtual server's family, which kernels before 3.18 take for granted
   */
  RealServer server(Family service) {
    seen.require("real server", Abi.DEST_ADDR, Abi.DEST_PORT);
    Family own = seen.has(Abi.DEST_ADDR_FAMILY) ? Addresses.family(family) : service;
    return new RealServer(Addresses.of(own, addressHigh, addressLow), port);
  }

  RealServerOptions options() {
    seen.require(
        "real server", Abi.DEST_FWD_METHOD, Abi.DEST_WEIGHT, Abi.DEST_U_THRESH, Abi.DEST_L_THRESH);
    if (weight < 0 || forwarding < 0 || forwarding > Forwarding.BYPASS.number()) {
      throw new MalformedNetlinkException(
          "real server of weight " + weight + " with forwarding method " + forwarding);
    }
    return forwarding == 0 && upperThreshold == 0 && lowerThreshold == 0
        ? RealServerOptions.masquerade(weight)
        : new RealServerOptions(
            weight, Forwarding.ofNumber(forwarding), upperThreshold, lowerThreshold);
  }

  Connections connections() {
    seen.require(
        "real server", Abi.DEST_ACTIVE_CONNS, Abi.DEST_INACT_CONNS, Abi.DEST_PERSIST_CONNS);
    return (active | inactive | persistent) == 0
        ? Connections.NONE
        : new Connections(
            Integer.toUnsignedLong(active),
            Integer.toUnsignedLong(inactive),
            Integer.toUnsignedLong(persistent));
  }

  RealServerStatus status() {
    return new RealServerStatus(options(), connections(), statistics);
  }

  private static RealServerReader read(Message message, boolean statistics) {
    Attributes in = message.attributes(GenericFamily.HEADER);
    while (in.next()) {
      if (in.type() == Abi.DEST) {
        var reader = new RealServerReader();
        reader.readAll(in.nested(), statistics);
        return reader;
      }
    }
    throw new MalformedNetlinkException("an answer without IPVS_CMD_ATTR_DEST");
  }

  private void readAll(Attributes in, boolean statistics) {
    while (in.next()) {
      seen.add(in.type());
      switch (in.type()) {
        case Abi.DEST_ADDR_FAMILY -> family = in.u16();
        case Abi.DEST_ADDR -> readAddress(in);
        case Abi.DEST_PORT -> port = in.u16Be();
        case Abi.DEST_FWD_METHOD -> forwarding = in.u32();
        case Abi.DEST_WEIGHT -> weight = in.u32();
        case Abi.DEST_U_THRESH -> upperThreshold = in.u32();
        case Abi.DEST_L_THRESH -> lowerThreshold = in.u32();
        case Abi.DEST_ACTIVE_CONNS -> active = in.u32();
        case Abi.DEST_INACT_CONNS -> inactive = in.u32();
        case Abi.DEST_PERSIST_CONNS -> persistent = in.u32();
        case Abi.DEST_STATS, Abi.DEST_STATS64 -> readStatistics(in, statistics);
        default -> {} // tunnel settings, or a newer kernel's
      }
    }
  }

  private void readAddress(Attributes in) {
    addressHigh = Addresses.high(in);
    addressLow = Addresses.low(in);
  }

  private void readStatistics(Attributes in, boolean wanted) {
    if (wanted && (in.type() == Abi.DEST_STATS64 || !seen.has(Abi.DEST_STATS64))) {
      statistics = StatisticsReader.read(in.nested());
    }
  }
}
