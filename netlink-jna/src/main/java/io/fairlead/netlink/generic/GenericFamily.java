package io.fairlead.netlink.generic;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A generic netlink family as the running kernel knows it. Its id is given out when its module is
 * loaded, so it is looked up by name (net/netlink/genetlink.c, the family "nlctrl").
 *
 * @param id the message type of its requests and answers
 * @param version what the kernel speaks; goes into {@link #request}
 * @param groups its multicast groups by name
 */
public record GenericFamily(String name, int id, int version, Map<String, Integer> groups) {
  /** Length of struct genlmsghdr: u8 command, u8 version, u16 reserved. */
  public static final int HEADER = 4;

  private static final int GENL_ID_CTRL = 0x10;
  private static final int CTRL_VERSION = 2;
  private static final int CTRL_CMD_GETFAMILY = 3;
  private static final int CTRL_ATTR_FAMILY_ID = 1;
  private static final int CTRL_ATTR_FAMILY_NAME = 2;
  private static final int CTRL_ATTR_VERSION = 3;
  private static final int CTRL_ATTR_MCAST_GROUPS = 7;
  private static final int CTRL_ATTR_MCAST_GRP_NAME = 1;
  private static final int CTRL_ATTR_MCAST_GRP_ID = 2;
  private static final int GENL_NAMSIZ = 16; // with the NUL

  public GenericFamily {
    groups = Map.copyOf(groups);
  }

  /**
   * Finds a family by name.
   *
   * @param connection opened for {@link NetlinkConnection#GENERIC}
   * @throws NetlinkException with ENOENT if the kernel has no such family, most likely because its
   *     module is not loaded
   */
  public static GenericFamily find(NetlinkConnection connection, String name)
      throws NetlinkException {
    String operation = "find the generic netlink family " + name;
    if (name.isEmpty() || name.length() >= GENL_NAMSIZ) {
      throw new NetlinkException(operation, Errno.EINVAL, "a name has 1 to 15 characters");
    }
    MessageWriter out = connection.request(GENL_ID_CTRL, 0);
    header(out, CTRL_CMD_GETFAMILY, CTRL_VERSION).string(CTRL_ATTR_FAMILY_NAME, name);
    List<GenericFamily> found = new ArrayList<>(1);
    try {
      connection.get(operation, answer -> found.add(decode(answer)));
    } catch (NetlinkException e) {
      throw e.errno() == Errno.ENOENT ? unknown(operation) : e;
    }
    if (found.isEmpty()) {
      throw unknown(operation);
    }
    return found.getFirst();
  }

  /** Starts a request to this family: {@link NetlinkConnection#request} and struct genlmsghdr. */
  public MessageWriter request(NetlinkConnection connection, int command, int flags) {
    return header(connection.request(id, flags), command, version);
  }

  /** Writes struct genlmsghdr, which every message of a generic family starts with. */
  public static MessageWriter header(MessageWriter out, int command, int version) {
    return out.put8(command).put8(version).put16(0);
  }

  /** The command of a received message. */
  public static int command(Message message) {
    return message.u8(0);
  }

  private static NetlinkException unknown(String operation) {
    return new NetlinkException(operation, Errno.ENOENT, "is its kernel module loaded?");
  }

  private static GenericFamily decode(Message message) {
    String name = "";
    int id = 0;
    int version = 0;
    Map<String, Integer> groups = Map.of();
    Attributes a = message.attributes(HEADER);
    while (a.next()) {
      switch (a.type()) {
        case CTRL_ATTR_FAMILY_NAME -> name = a.string();
        case CTRL_ATTR_FAMILY_ID -> id = a.u16();
        case CTRL_ATTR_VERSION -> version = a.u32();
        case CTRL_ATTR_MCAST_GROUPS -> groups = groups(a.nested());
        default -> {}
      }
    }
    return new GenericFamily(name, id, version, groups);
  }

  private static Map<String, Integer> groups(Attributes list) {
    Map<String, Integer> groups = new LinkedHashMap<>();
    while (list.next()) {
      String name = "";
      int id = 0;
      Attributes a = list.nested();
      while (a.next()) {
        switch (a.type()) {
          case CTRL_ATTR_MCAST_GRP_NAME -> name = a.string();
          case CTRL_ATTR_MCAST_GRP_ID -> id = a.u32();
          default -> {}
        }
      }
      groups.put(name, id);
    }
    return groups;
  }
}
