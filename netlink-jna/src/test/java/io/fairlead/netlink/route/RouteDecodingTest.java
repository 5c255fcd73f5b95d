package io.fairlead.netlink.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.netlink.Captured;
import io.fairlead.netlink.NetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a kernel said about its links, addresses, routes and neighbours. */
final class RouteDecodingTest {
  private static final long SEED = 20261121;
  private static final int W0 = 3;

  @Test
  void linksAreRead() {
    List<Link> links = Captured.decode("link", Link::read);

    assertEquals(List.of("lo", "w1", "w0"), links.stream().map(Link::name).toList());
    Link wire = links.get(2);
    assertEquals(W0, wire.index());
    assertEquals("veth", wire.kind());
    assertEquals(1500, wire.mtu());
    assertEquals(0, wire.master());
    assertTrue(wire.isUp());
    assertEquals("", links.getFirst().kind());
  }

  @Test
  void addressesAreRead() {
    assertEquals(
        List.of(
            new InterfaceAddress(1, NetAddress.v4(0x7f000001), 8, 254, 0x80),
            new InterfaceAddress(W0, NetAddress.v4(0x0a600001), 32, 0, 0x80),
            new InterfaceAddress(1, NetAddress.v6(0, 1), 128, 254, 0x80)),
        Captured.decode("address", InterfaceAddress::read));
  }

  @Test
  void routesAreRead() {
    List<Route> routes = Captured.decode("route", Route::read);

    assertEquals(
        new Route(
            NetAddress.v4(0),
            0,
            Optional.of(NetAddress.v4(0x0af40009)),
            W0,
            Route.MAIN,
            1,
            3,
            0,
            0),
        routes.get(0));
    assertEquals(
        new Route(NetAddress.v4(0x0af40000), 16, Optional.empty(), W0, Route.MAIN, 1, 3, 253, 5),
        routes.get(1));
    assertEquals(
        new Route(
            NetAddress.v6(0xfd00_0000_0000_0000L, 1),
            128,
            Optional.empty(),
            W0,
            Route.MAIN,
            1,
            2,
            0,
            256),
        routes.get(6));
  }

  @Test
  void neighboursAreRead() {
    List<Neighbour> neighbours = Captured.decode("neighbour", Neighbour::read);

    assertEquals(
        new Neighbour(W0, NetAddress.v4(0x0af40009), 0x020000000007L, Neighbour.PERMANENT),
        neighbours.get(1));
    assertEquals(0x333300000016L, neighbours.get(2).hardwareAddress());
  }

  @Test
  void everyMessageIsAnEventToo() {
    for (String kind : List.of("link", "address", "route", "neighbour")) {
      assertTrue(
          Captured.decode(kind, RouteEvent::read).stream().allMatch(Optional::isPresent), kind);
    }
  }

  @Test
  void damagedMessagesAreRefusedAndNothingElseHappens() {
    for (String kind : List.of("link", "address", "route", "neighbour")) {
      Captured.damage(kind, SEED, RouteEvent::read);
    }
  }
}
