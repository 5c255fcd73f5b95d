package io.fairlead.netlink.route;

import static io.fairlead.netlink.route.Rtnl.AF_UNSPEC;
import static io.fairlead.netlink.route.Rtnl.NLM_F_CREATE;
import static io.fairlead.netlink.route.Rtnl.NLM_F_REPLACE;
import static io.fairlead.netlink.route.Rtnl.RTM_DELNEIGH;
import static io.fairlead.netlink.route.Rtnl.RTM_GETNEIGH;
import static io.fairlead.netlink.route.Rtnl.RTM_NEWNEIGH;

import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import java.util.List;

/**
 * The neighbour tables (ARP, neighbour discovery) of a namespace, over a NETLINK_ROUTE connection
 * that the caller owns.
 */
public final class Neighbours {
  private final NetlinkConnection connection;

  public Neighbours(NetlinkConnection connection) {
    this.connection = connection;
  }

  public List<Neighbour> all() throws NetlinkException {
    header(connection.request(RTM_GETNEIGH, 0), AF_UNSPEC, 0, 0);
    return connection.dump("list neighbours", Neighbour::read);
  }

  /** Adds a neighbour, or puts it in place of what is known of its address on its link. */
  public void replace(Neighbour neighbour) throws NetlinkException {
    MessageWriter out = connection.request(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);
    header(out, neighbour.address().family(), neighbour.link(), neighbour.state());
    neighbour.address().write(out, Neighbour.NDA_DST);
    if (neighbour.hardwareAddress() != 0) {
      int start = out.openAttribute(Neighbour.NDA_LLADDR);
      out.put16Be((int) (neighbour.hardwareAddress() >>> 32));
      out.put32Be((int) neighbour.hardwareAddress());
      out.closeAttribute(start);
    }
    connection.execute("replace " + neighbour);
  }

  /** Deletes a neighbour. ENOENT if it is not there. */
  public void delete(Neighbour neighbour) throws NetlinkException {
    MessageWriter out = connection.request(RTM_DELNEIGH, 0);
    header(out, neighbour.address().family(), neighbour.link(), 0);
    neighbour.address().write(out, Neighbour.NDA_DST);
    connection.execute("delete " + neighbour);
  }

  private static void header(MessageWriter out, int family, int link, int state) {
    out.put8(family).put8(0).put16(0).put32(link).put16(state).put8(0).put8(0);
  }
}
