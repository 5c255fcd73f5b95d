package io.fairlead.netlink.route;

import static io.fairlead.netlink.route.Rtnl.AF_UNSPEC;
import static io.fairlead.netlink.route.Rtnl.NLM_F_CREATE;
import static io.fairlead.netlink.route.Rtnl.NLM_F_EXCL;
import static io.fairlead.netlink.route.Rtnl.RTM_DELLINK;
import static io.fairlead.netlink.route.Rtnl.RTM_GETLINK;
import static io.fairlead.netlink.route.Rtnl.RTM_NEWLINK;

import io.fairlead.netlink.Errno;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The network devices of a namespace, over a NETLINK_ROUTE connection that the caller owns. */
public final class Links {
  private static final int SKIP_STATISTICS = 1 << 3; // RTEXT_FILTER_SKIP_STATS
  private static final int IFF_UP = 1;
  private static final int IFLA_INFO_DATA = 2;
  private static final int VETH_INFO_PEER = 1; // linux/veth.h
  private static final int LONGEST_NAME = 15; // IFNAMSIZ without its NUL

  private final NetlinkConnection connection;

  public Links(NetlinkConnection connection) {
    this.connection = connection;
  }

  public List<Link> all() throws NetlinkException {
    header(connection.request(RTM_GETLINK, 0), 0, 0, 0).u32(Link.IFLA_EXT_MASK, SKIP_STATISTICS);
    return connection.dump("list links", Link::read);
  }

  /** The device of that name; empty if there is none. */
  public Optional<Link> find(String name) throws NetlinkException {
    header(connection.request(RTM_GETLINK, 0), 0, 0, 0)
        .u32(Link.IFLA_EXT_MASK, SKIP_STATISTICS)
        .string(Link.IFLA_IFNAME, checked(name));
    return one("find link " + name);
  }

  /** The device with that index; empty if there is none. */
  public Optional<Link> find(int index) throws NetlinkException {
    header(connection.request(RTM_GETLINK, 0), index, 0, 0)
        .u32(Link.IFLA_EXT_MASK, SKIP_STATISTICS);
    return one("find link " + index);
  }

  /** Adds a device that drops what is sent to it; it is down. EEXIST if the name is taken. */
  public void addDummy(String name) throws NetlinkException {
    add(name, "dummy");
  }

  /** Adds an empty bridge, which is down. EEXIST if the name is taken. */
  public void addBridge(String name) throws NetlinkException {
    add(name, "bridge");
  }

  /** Adds two devices that are each other's wire; both are down. */
  public void addVeth(String name, String peer) throws NetlinkException {
    MessageWriter out = create(name);
    int info = out.openNest(Link.IFLA_LINKINFO);
    out.string(Link.IFLA_INFO_KIND, "veth");
    int options = out.openNest(IFLA_INFO_DATA);
    int other = out.openNest(VETH_INFO_PEER); // a whole ifinfomsg of the other end
    header(out, 0, 0, 0).string(Link.IFLA_IFNAME, checked(peer));
    out.closeNest(other);
    out.closeNest(options);
    out.closeNest(info);
    connection.execute("add veth link " + name + " with peer " + peer);
  }

  public void delete(int index) throws NetlinkException {
    header(connection.request(RTM_DELLINK, 0), index, 0, 0);
    connection.execute("delete link " + index);
  }

  public void setUp(int index) throws NetlinkException {
    header(connection.request(RTM_NEWLINK, 0), index, IFF_UP, IFF_UP);
    connection.execute("set link " + index + " up");
  }

  public void setDown(int index) throws NetlinkException {
    header(connection.request(RTM_NEWLINK, 0), index, 0, IFF_UP);
    connection.execute("set link " + index + " down");
  }

  /** Sets the largest packet that the device takes, in bytes. */
  public void setMtu(int index, int mtu) throws NetlinkException {
    header(connection.request(RTM_NEWLINK, 0), index, 0, 0).u32(Link.IFLA_MTU, mtu);
    connection.execute("set link " + index + " mtu " + mtu);
  }

  /** Puts a device into a bridge, or takes it out of the one it is in if {@code master} is 0. */
  public void setMaster(int index, int master) throws NetlinkException {
    header(connection.request(RTM_NEWLINK, 0), index, 0, 0).u32(Link.IFLA_MASTER, master);
    connection.execute("set link " + index + " master " + master);
  }

  private void add(String name, String kind) throws NetlinkException {
    MessageWriter out = create(name);
    int info = out.openNest(Link.IFLA_LINKINFO);
    out.string(Link.IFLA_INFO_KIND, kind);
    out.closeNest(info);
    connection.execute("add " + kind + " link " + name);
  }

  private MessageWriter create(String name) {
    return header(connection.request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL), 0, 0, 0)
        .string(Link.IFLA_IFNAME, checked(name));
  }

  private Optional<Link> one(String operation) throws NetlinkException {
    List<Link> found = new ArrayList<>(1);
    try {
      connection.get(operation, answer -> found.add(Link.read(answer)));
    } catch (NetlinkException e) {
      if (e.errno() != Errno.ENODEV) {
        throw e;
      }
    }
    return found.stream().findFirst();
  }

  private static MessageWriter header(MessageWriter out, int index, int flags, int change) {
    return out.put8(AF_UNSPEC).put8(0).put16(0).put32(index).put32(flags).put32(change);
  }

  private static String checked(String name) {
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          "link name \"" + name + "\": want 1 to " + LONGEST_NAME + " characters");
    }
    return name;
  }
}
