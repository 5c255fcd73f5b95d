package io.fairlead.netlink.route;

import io.fairlead.netlink.Message;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.jna.NetlinkOptions;
import io.fairlead.netlink.jna.NetlinkSubscription;
import java.io.Closeable;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Listens to changes of links, addresses, routes and neighbours. Open it, read the state, then
 * {@link #run}: so nothing is missed. One platform thread runs it; any may close it.
 */
public final class RouteWatch implements Closeable {
  private final NetlinkSubscription subscription;

  private RouteWatch(NetlinkSubscription subscription) {
    this.subscription = subscription;
  }

  /** What to listen to. */
  public enum Topic {
    LINKS,
    ADDRESSES,
    ROUTES,
    NEIGHBOURS;

    /** RTNLGRP_… numbers. */
    private IntStream groups() {
      return switch (this) {
        case LINKS -> IntStream.of(1); // RTNLGRP_LINK
        case ADDRESSES -> IntStream.of(5, 9); // RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR
        case ROUTES -> IntStream.of(7, 11); // RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE
        case NEIGHBOURS -> IntStream.of(3); // RTNLGRP_NEIGH
      };
    }
  }

  public static RouteWatch open(NetlinkOptions options, Set<Topic> topics) throws NetlinkException {
    int[] groups = topics.stream().flatMapToInt(Topic::groups).toArray();
    return new RouteWatch(NetlinkSubscription.open(NetlinkConnection.ROUTE, options, groups));
  }

  /**
   * Hands out events until {@link #close} is called.
   *
   * @throws NetlinkException with EBADMSG if a message makes no sense; events may have been lost,
   *     and {@code run} may be called again
   */
  public void run(Consumer<RouteEvent> listener) throws NetlinkException {
    subscription.run(
        new NetlinkSubscription.Listener() {
          @Override
          public void heard(Message message) {
            RouteEvent.read(message).ifPresent(listener);
          }

          @Override
          public void lost() {
            listener.accept(new RouteEvent.EventsLost());
          }
        });
  }

  @Override
  public void close() {
    subscription.close();
  }
}
