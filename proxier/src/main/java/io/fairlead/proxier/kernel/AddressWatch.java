package io.fairlead.proxier.kernel;

import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.jna.Netlink;
import io.fairlead.netlink.jna.NetlinkOptions;
import io.fairlead.netlink.route.Link;
import io.fairlead.netlink.route.Links;
import io.fairlead.netlink.route.RouteEvent;
import io.fairlead.netlink.route.RouteWatch;
import io.fairlead.netlink.route.RouteWatch.Topic;
import java.io.Closeable;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when addresses come to the node's devices or leave them, so that nobody has to ask. It
 * listens in the network namespace of the thread that opened it, on a thread of its own.
 */
public final class AddressWatch implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(AddressWatch.class);

  private final RouteWatch watch;
  private final AddressNews news = new AddressNews();
  private final Runnable changed;

  private AddressWatch(RouteWatch watch, Runnable changed) {
    this.watch = watch;
    this.changed = changed;
  }

  /**
   * Starts to listen. What changed before has to be read.
   *
   * @param changed called on the watch's thread; must not block
   */
  public static AddressWatch start(Runnable changed) throws NetlinkException {
    // Links, too: only their messages tell which number kube-ipvs0 has.
    RouteWatch watch =
        RouteWatch.open(NetlinkOptions.DEFAULT, Set.of(Topic.ADDRESSES, Topic.LINKS));
    AddressWatch started = new AddressWatch(watch, changed);
    started.findVipDevice();
    Thread.ofPlatform().daemon().name("addresses").start(started::listen);
    return started;
  }

  private void listen() {
    while (true) {
      try {
        watch.run(this::heard);
        return; // closed
      } catch (NetlinkException e) {
        changed.run(); // what was not understood may have been the news
        if (e.errno() != Errno.EBADMSG) {
          log.error(
              "addresses are not watched any more, only read by the audit: {}", e.getMessage());
          return;
        }
        log.warn("address watch: {}", e.getMessage());
      }
    }
  }

  private void heard(RouteEvent event) {
    if (event instanceof RouteEvent.EventsLost) {
      findVipDevice();
    }
    if (news.isNews(event)) {
      changed.run();
    }
  }

  private void findVipDevice() {
    try (NetlinkConnection route = Netlink.open(NetlinkConnection.ROUTE)) {
      news.vipDevice(new Links(route).find(VipDevice.NAME).map(Link::index));
    } catch (NetlinkException e) {
      log.warn("address watch: {}", e.getMessage()); // VIPs count as news, then
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
