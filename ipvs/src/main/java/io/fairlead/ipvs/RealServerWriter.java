package io.fairlead.ipvs;

import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.netlink.MessageWriter;

/** Writes IPVS_CMD_ATTR_DEST: which real server, and what is to become of it. */
final class RealServerWriter {
  private RealServerWriter() {}

  /** Writes what finds a real server, which is all that DEL_DEST needs. */
  static void writeKey(MessageWriter out, RealServer server) {
    int nest = out.openNest(Abi.DEST);
    key(out, server);
    out.closeNest(nest);
  }

  /** Writes the whole of a real server, as NEW_DEST and SET_DEST demand. */
  static void write(MessageWriter out, RealServer server, RealServerOptions options) {
    int nest = out.openNest(Abi.DEST);
    key(out, server);
    out.u32(Abi.DEST_FWD_METHOD, options.forwarding().number());
    out.u32(Abi.DEST_WEIGHT, options.weight());
    out.u32(Abi.DEST_U_THRESH, options.upperThreshold());
    out.u32(Abi.DEST_L_THRESH, options.lowerThreshold());
    out.closeNest(nest);
  }

  /** The family is written too: a tunnel may lead to the other family's real servers. */
  private static void key(MessageWriter out, RealServer server) {
    out.u16(Abi.DEST_ADDR_FAMILY, Addresses.number(server.address().family()));
    Addresses.write(out, Abi.DEST_ADDR, server.address());
    out.u16Be(Abi.DEST_PORT, server.port());
  }
}
