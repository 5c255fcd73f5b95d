package io.fairlead.lab.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.netlink.NetAddress;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.route.Addresses;
import io.fairlead.netlink.route.Links;
import io.fairlead.netlink.route.Neighbour;
import io.fairlead.netlink.route.Neighbours;
import io.fairlead.netlink.route.Route;
import io.fairlead.netlink.route.RouteEvent;
import io.fairlead.netlink.route.RouteWatch;
import io.fairlead.netlink.route.Routes;
import java.util.EnumSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the kernel tells while links, addresses, routes and neighbours change. */
final class RouteWatchKernelTest {
  private static final NetAddress VIP = NetAddress.v4(0x0a600001);

  private final BlockingQueue<RouteEvent> events = new LinkedBlockingQueue<>();
  private Inside inside;
  private NetlinkConnection connection;
  private RouteWatch watch;
  private Thread listener;

  @BeforeEach
  void setUp() throws NetlinkException {
    inside = Inside.create();
    connection = inside.open(NetlinkConnection.ROUTE);
    watch = RouteWatch.open(inside.options(), EnumSet.allOf(RouteWatch.Topic.class));
    listener = Thread.ofPlatform().name("listener").start(this::listen);
  }

  @AfterEach
  void tearDown() throws InterruptedException {
    watch.close();
    listener.join(TimeUnit.SECONDS.toMillis(10));
    connection.close();
    inside.close();
    assertTrue(!listener.isAlive(), "close() did not stop the listener");
  }

  private void listen() {
    try {
      watch.run(events::add);
    } catch (NetlinkException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyChangeIsTold() throws NetlinkException, InterruptedException {
    Links links = new Links(connection);
    links.addVeth("wire0", "wire1");
    await(e -> e instanceof RouteEvent.LinkChanged(var link) && link.name().equals("wire0"));
    int wire = links.find("wire0").orElseThrow().index();
    links.setUp(wire);
    await(e -> e instanceof RouteEvent.LinkChanged(var link) && link.isUp());

    Addresses addresses = new Addresses(connection);
    addresses.add(wire, VIP, 32, 0);
    await(e -> e instanceof RouteEvent.AddressChanged(var a) && a.address().equals(VIP));
    await(e -> e instanceof RouteEvent.RouteChanged(var r) && r.destination().equals(VIP));

    Neighbour known = new Neighbour(wire, VIP, 0x020000000007L, Neighbour.PERMANENT);
    new Neighbours(connection).replace(known);
    await(e -> e.equals(new RouteEvent.NeighbourChanged(known)));
    new Neighbours(connection).delete(known);
    await(e -> e instanceof RouteEvent.NeighbourGone(var n) && n.address().equals(VIP));

    Route pods = Route.onLink(NetAddress.v4(0x0af40000), 16, wire);
    new Routes(connection).add(pods);
    await(e -> e.equals(new RouteEvent.RouteChanged(pods)));
    new Routes(connection).delete(pods);
    await(e -> e.equals(new RouteEvent.RouteGone(pods)));

    addresses.delete(wire, VIP, 32);
    await(e -> e instanceof RouteEvent.AddressGone(var a) && a.address().equals(VIP));
    links.delete(wire);
    await(e -> e instanceof RouteEvent.LinkGone(var link) && link.index() == wire);
  }

  @Test
  void aLinkThatLeavesABridgeIsNotGone() throws NetlinkException, InterruptedException {
    Links links = new Links(connection);
    links.addVeth("wire0", "wire1");
    links.addBridge("yard");
    int wire = links.find("wire0").orElseThrow().index();
    links.setMaster(wire, links.find("yard").orElseThrow().index());
    links.setMaster(wire, 0);
    links.setMtu(wire, 1234);

    RouteEvent event;
    do {
      event = next();
      assertTrue(!(event instanceof RouteEvent.LinkGone), event.toString());
    } while (!(event instanceof RouteEvent.LinkChanged(var link) && link.mtu() == 1234));
    assertEquals("wire0", links.find(wire).orElseThrow().name());
  }

  private void await(Predicate<RouteEvent> wanted) throws InterruptedException {
    while (!wanted.test(next())) {
      // others come between
    }
  }

  private RouteEvent next() throws InterruptedException {
    RouteEvent event = events.poll(10, TimeUnit.SECONDS);
    assertNotNull(event, "no event came within ten seconds");
    return event;
  }
}
