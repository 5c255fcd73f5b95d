package io.fairlead.ipvs;

import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetlinkException;

/** What an errno means whatever the command: for operators, so it says what to do. */
final class Reasons {
  static final String NOT_LOADED =
      "the kernel has no IPVS: load its module with \"modprobe ip_vs\"";
  static final String NOT_PERMITTED =
      "IPVS needs CAP_NET_ADMIN in the initial user namespace, for reading too";

  private Reasons() {}

  /** The same failure, with the meaning of its errno if there is one to add. */
  static NetlinkException explained(String operation, NetlinkException e) {
    String reason =
        switch (e.errno()) {
          // A message to a generic netlink family that is not there (genl_rcv_msg).
          case Errno.ENOENT -> NOT_LOADED;
          case Errno.EPERM -> NOT_PERMITTED;
          default -> "";
        };
    if (reason.isEmpty()) {
      return e;
    }
    var explained = new NetlinkException(operation, e.errno(), reason);
    explained.initCause(e);
    return explained;
  }
}
