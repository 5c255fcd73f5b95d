package io.fairlead.netlink.route;

import static io.fairlead.netlink.route.Rtnl.AF_UNSPEC;
import static io.fairlead.netlink.route.Rtnl.NLM_F_CREATE;
import static io.fairlead.netlink.route.Rtnl.NLM_F_EXCL;
import static io.fairlead.netlink.route.Rtnl.NLM_F_REPLACE;
import static io.fairlead.netlink.route.Rtnl.RTM_DELROUTE;
import static io.fairlead.netlink.route.Rtnl.RTM_GETROUTE;
import static io.fairlead.netlink.route.Rtnl.RTM_NEWROUTE;

import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import java.util.List;
import java.util.Optional;

/** The routes of a namespace, over a NETLINK_ROUTE connection that the caller owns. */
public final class Routes {
  private static final int RT_TABLE_UNSPEC = 0; // RTA_TABLE says which

  private final NetlinkConnection connection;

  public Routes(NetlinkConnection connection) {
    this.connection = connection;
  }

  /** Every route of every table and of both families, but for multicast routing. */
  public List<Route> all() throws NetlinkException {
    // Strict checking: the header may hold a family, a table, a protocol and a type to select by.
    MessageWriter out = connection.request(RTM_GETROUTE, 0);
    out.put8(AF_UNSPEC).put8(0).put8(0).put8(0).put32(0).put32(0);
    List<Optional<Route>> found =
        connection.dump(
            "list routes",
            // MPLS and multicast routing come along, with addresses of other kinds.
            answer -> Optional.of(answer).filter(Rtnl::isIp).map(Route::read));
    return found.stream().flatMap(Optional::stream).toList();
  }

  /** Adds a route. EEXIST if there is one with this destination, table and priority. */
  public void add(Route route) throws NetlinkException {
    write(connection.request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL), route);
    connection.execute("add " + route);
  }

  /** Adds a route, or puts it in place of the one with this destination, table and priority. */
  public void replace(Route route) throws NetlinkException {
    write(connection.request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE), route);
    connection.execute("replace " + route);
  }

  /** Deletes a route. ESRCH if it is not there. */
  public void delete(Route route) throws NetlinkException {
    write(connection.request(RTM_DELROUTE, 0), route);
    connection.execute("delete " + route);
  }

  private static void write(MessageWriter out, Route route) {
    out.put8(route.destination().family())
        .put8(route.prefixLength())
        .put8(0)
        .put8(0)
        .put8(RT_TABLE_UNSPEC)
        .put8(route.protocol())
        .put8(route.scope())
        .put8(route.type())
        .put32(0);
    route.destination().write(out, Route.RTA_DST);
    route.gateway().ifPresent(gateway -> gateway.write(out, Route.RTA_GATEWAY));
    out.u32(Route.RTA_TABLE, route.table());
    if (route.link() != 0) {
      out.u32(Route.RTA_OIF, route.link());
    }
    if (route.priority() != 0) {
      out.u32(Route.RTA_PRIORITY, route.priority());
    }
  }
}
