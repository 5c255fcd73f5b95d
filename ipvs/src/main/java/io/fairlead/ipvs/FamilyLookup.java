package io.fairlead.ipvs;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;

/** Asks nlctrl for IPVS's family id (linux/genetlink.h): the kernel gives it out at load time. */
final class FamilyLookup {
  private static final int GENL_ID_CTRL = 16;
  private static final int CTRL_CMD_GETFAMILY = 3;
  private static final int CTRL_ATTR_FAMILY_ID = 1;
  private static final int CTRL_ATTR_FAMILY_NAME = 2;

  private FamilyLookup() {}

  static int find(NetlinkConnection connection) throws NetlinkException {
    connection
        .request(GENL_ID_CTRL, 0)
        .put8(CTRL_CMD_GETFAMILY)
        .put8(1)
        .put16(0)
        .string(CTRL_ATTR_FAMILY_NAME, Abi.FAMILY);
    int[] found = new int[1];
    try {
      connection.get("find IPVS", message -> found[0] = id(message, found[0]));
    } catch (NetlinkException e) {
      throw Reasons.explained("find IPVS", e);
    }
    if (found[0] == 0) {
      throw new NetlinkException("find IPVS", Errno.EBADMSG, "an answer without a family id");
    }
    return found[0];
  }

  private static int id(Message message, int otherwise) {
    Attributes in = message.attributes(Abi.HEADER);
    while (in.next()) {
      if (in.type() == CTRL_ATTR_FAMILY_ID) {
        return in.u16();
      }
    }
    return otherwise;
  }
}
