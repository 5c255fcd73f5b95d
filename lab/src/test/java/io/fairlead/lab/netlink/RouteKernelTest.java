package io.fairlead.lab.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.netlink.Batch;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetAddress;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.route.Addresses;
import io.fairlead.netlink.route.InterfaceAddress;
import io.fairlead.netlink.route.Link;
import io.fairlead.netlink.route.Links;
import io.fairlead.netlink.route.Neighbour;
import io.fairlead.netlink.route.Neighbours;
import io.fairlead.netlink.route.Route;
import io.fairlead.netlink.route.Routes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Links, addresses, routes and neighbours in a running kernel, beside what {@code ip} says. */
final class RouteKernelTest {
  private static final NetAddress VIP = NetAddress.v4(0x0a600001); // 10.96.0.1
  private static final NetAddress VIP6 = NetAddress.v6(0xfd00_0000_0000_0000L, 1);

  private Inside inside;
  private NetlinkConnection connection;
  private Links links;
  private Addresses addresses;
  private int wire;

  @BeforeEach
  void setUp() throws NetlinkException {
    inside = Inside.create();
    connection = inside.open(NetlinkConnection.ROUTE);
    links = new Links(connection);
    addresses = new Addresses(connection);
    links.addVeth("wire0", "wire1");
    wire = links.find("wire0").orElseThrow().index();
  }

  @AfterEach
  void tearDown() {
    connection.close();
    inside.close();
  }

  @Test
  void aLinkIsFoundByNameAndByIndexAndInTheList() throws NetlinkException {
    Link found = links.find("wire0").orElseThrow();

    assertEquals("veth", found.kind());
    assertFalse(found.isUp());
    assertEquals(Optional.of(found), links.find(wire));
    assertTrue(links.all().contains(found), () -> found + " is not listed");
    assertEquals(Optional.empty(), links.find("nothing"));
    assertEquals(Optional.empty(), links.find(9999));
  }

  @Test
  void aLinkIsChangedAndDeleted() throws NetlinkException {
    links.addBridge("yard");
    int yard = links.find("yard").orElseThrow().index();
    links.setMaster(wire, yard);
    links.setMtu(wire, 1400);
    links.setUp(wire);

    Link changed = links.find(wire).orElseThrow();
    assertTrue(changed.isUp());
    assertEquals(1400, changed.mtu());
    assertEquals(yard, changed.master());

    links.setDown(wire);
    assertFalse(links.find(wire).orElseThrow().isUp());
    links.delete(wire);
    assertEquals(Optional.empty(), links.find("wire1"), "the peer of a veth goes with it");
  }

  @Test
  void aSecondLinkOfTheSameNameIsRefusedByName() {
    NetlinkException e = assertThrows(NetlinkException.class, () -> links.addBridge("wire0"));
    assertEquals(Errno.EEXIST, e.errno());
    assertTrue(String.valueOf(e.getMessage()).contains("wire0"), e.getMessage());
  }

  @Test
  void addressesAreAddedListedAndDeleted() throws NetlinkException {
    addresses.add(wire, VIP, 32, 0);
    addresses.add(wire, VIP6, 128, InterfaceAddress.NO_DAD);

    InterfaceAddress v4 = new InterfaceAddress(wire, VIP, 32, 0, InterfaceAddress.PERMANENT);
    InterfaceAddress v6 =
        new InterfaceAddress(
            wire, VIP6, 128, 0, InterfaceAddress.PERMANENT | InterfaceAddress.NO_DAD);
    assertEquals(List.of(v4, v6), addresses.of(wire));
    assertEquals(List.of(v4, v6), addresses.all());
    assertEquals(List.of(v6), addresses.list(VIP6.family(), wire));

    addresses.delete(wire, VIP, 32);
    assertEquals(List.of(v6), addresses.all());
    assertRefused(Errno.EADDRNOTAVAIL, () -> addresses.delete(wire, VIP, 32));
    assertRefused(Errno.EEXIST, () -> addresses.add(wire, VIP6, 128, 0));
    assertRefused(Errno.ENODEV, () -> addresses.of(9999));
  }

  @Test
  void anAddressOnALinkThatIsDownIsLocal() throws IOException, InterruptedException {
    addresses.add(wire, VIP, 32, 0);

    String table = inside.run("ip", "route", "show", "table", "local");
    assertTrue(table.contains("local 10.96.0.1 dev wire0"), table);
  }

  @Test
  void manyAddressesGoInOneBatchAndARefusedOneStopsNoOther() throws NetlinkException {
    int count = 2000;
    addresses.add(wire, NetAddress.v4(0x0a600000 + 7), 32, 0);

    Batch batch = connection.batch();
    for (int i = 0; i < count; i++) {
      Addresses.add(batch, i, wire, 32, 0, 0x0a600000L + i, 32, 0);
    }
    List<Batch.Failure> failures = batch.finish();

    assertEquals(List.of(7), failures.stream().map(Batch.Failure::tag).toList());
    assertEquals(Errno.EEXIST, failures.getFirst().errno());
    assertEquals(count, addresses.of(wire).size());

    for (int i = 0; i < count; i++) {
      Addresses.delete(batch, i, wire, 32, 0, 0x0a600000L + i, 32);
    }
    assertEquals(List.of(), batch.finish());
    assertEquals(List.of(), addresses.of(wire));
  }

  @Test
  void routesAreAddedReplacedAndDeleted() throws IOException, InterruptedException {
    links.setUp(wire);
    links.setUp(links.find("wire1").orElseThrow().index());
    Routes routes = new Routes(connection);
    NetAddress pods = NetAddress.v4(0x0af40000); // 10.244.0.0
    Route direct = Route.onLink(VIP, 32, wire);
    Route far = Route.via(pods, 16, VIP, wire);
    Route far6 = Route.onLink(VIP6, 128, wire);

    routes.add(direct);
    routes.add(far);
    routes.add(far6);
    String listed = inside.run("ip", "route");
    assertTrue(listed.contains("10.244.0.0/16 via 10.96.0.1 dev wire0"), listed);
    assertTrue(routes.all().contains(direct), () -> direct + " is not listed");
    assertTrue(routes.all().contains(far), () -> far + " is not listed");
    assertTrue(
        routes.all().stream().anyMatch(r -> r.destination().equals(VIP6) && r.link() == wire),
        () -> far6 + " is not listed");
    assertRefused(Errno.EEXIST, () -> routes.add(far));
    routes.replace(Route.onLink(pods, 16, wire));
    routes.delete(Route.onLink(pods, 16, wire));
    assertRefused(Errno.ESRCH, () -> routes.delete(far));
  }

  @Test
  void neighboursAreReplacedAndDeleted() throws IOException, InterruptedException {
    links.setUp(wire);
    Neighbours neighbours = new Neighbours(connection);
    Neighbour known = new Neighbour(wire, VIP, 0x020000000007L, Neighbour.PERMANENT);
    neighbours.replace(known);

    assertTrue(neighbours.all().contains(known), () -> known + " is not listed");
    String listed = inside.run("ip", "neigh");
    assertTrue(listed.contains("10.96.0.1 dev wire0 lladdr 02:00:00:00:00:07 PERMANENT"), listed);
    neighbours.delete(known);
    assertFalse(neighbours.all().contains(known), () -> known + " is still listed");
  }

  /** Something that the kernel should refuse. */
  private interface Call {
    void run() throws NetlinkException;
  }

  private static void assertRefused(int errno, Call call) {
    NetlinkException e = assertThrows(NetlinkException.class, call::run);
    assertEquals(Errno.name(errno), Errno.name(e.errno()), e.getMessage());
  }
}
