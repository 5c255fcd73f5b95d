package io.fairlead.lab.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.netlink.Batch;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetAddress;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.conntrack.Connection;
import io.fairlead.netlink.conntrack.ConnectionFilter;
import io.fairlead.netlink.conntrack.Conntrack;
import io.fairlead.netlink.conntrack.FlowTuple;
import io.fairlead.netlink.route.Addresses;
import io.fairlead.netlink.route.InterfaceAddress;
import io.fairlead.netlink.route.Links;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** UDP flows to a virtual IP that is translated to a server, as the kernel tracks them. */
final class ConntrackKernelTest {
  private static final int UDP = 17;
  private static final NetAddress VIP = NetAddress.v4(0x0a600001); // 10.96.0.1
  private static final NetAddress SERVER = NetAddress.v4(0x7f000001);
  private static final NetAddress VIP6 = NetAddress.v6(0xfd00_0000_0000_0000L, 1);

  private Inside inside;
  private NetlinkConnection connection;
  private Conntrack conntrack;

  @BeforeEach
  void setUp() throws IOException, InterruptedException {
    inside = Inside.create();
    connection = inside.open(NetlinkConnection.NETFILTER);
    conntrack = new Conntrack(connection);
    try (NetlinkConnection route = inside.open(NetlinkConnection.ROUTE)) {
      int lo = new Links(route).find("lo").orElseThrow().index();
      new Links(route).setUp(lo);
      new Addresses(route).add(lo, VIP, 32, 0);
      new Addresses(route).add(lo, VIP6, 128, InterfaceAddress.NO_DAD);
    }
    inside.runWith(
        """
        table inet test {
          chain output { type nat hook output priority -100;
            ip daddr 10.96.0.1 udp dport 53 dnat ip to 127.0.0.1:5353
          }
          chain marking { type filter hook output priority 0; ct state new ct mark set 0x77; }
        }
        """,
        "nft",
        "-f",
        "-");
    send(VIP, 53, 20001);
    send(VIP, 53, 20002);
    send(VIP, 54, 20001);
    send(VIP6, 53, 20001);
  }

  @AfterEach
  void tearDown() {
    connection.close();
    inside.close();
  }

  @Test
  void aConnectionIsReadWithBothItsTuples() throws IOException {
    List<Connection> found = conntrack.list(ConnectionFilter.ALL.to(VIP, 54));

    assertEquals(1, found.size(), found::toString);
    Connection flow = found.getFirst();
    assertEquals(new FlowTuple(UDP, VIP, 20001, VIP, 54), flow.original());
    assertEquals(new FlowTuple(UDP, VIP, 54, VIP, 20001), flow.reply());
    assertEquals(0x77, flow.mark());
    assertEquals(0, flow.zone());
    assertEquals(0, flow.status() & Connection.ASSURED);
    assertTrue(flow.timeoutSeconds() > 0 && flow.timeoutSeconds() <= 180, flow::toString);
  }

  @Test
  void connectionsAreSelected() throws IOException {
    record Case(String name, ConnectionFilter filter, Set<String> expected) {}
    ConnectionFilter all = ConnectionFilter.ALL;
    List<Case> cases =
        List.of(
            new Case("all", all, Set.of("20001>53", "20002>53", "20001>54", "20001>53/6")),
            new Case("by address", all.to(VIP), Set.of("20001>53", "20002>53", "20001>54")),
            new Case(
                "by protocol and address",
                all.withProtocol(UDP).to(VIP),
                Set.of("20001>53", "20002>53", "20001>54")),
            new Case("by another protocol", all.withProtocol(6).to(VIP), Set.of()),
            new Case("by address and port", all.to(VIP, 54), Set.of("20001>54")),
            new Case(
                "by protocol, address and port",
                all.withProtocol(UDP).to(VIP, 54),
                Set.of("20001>54")),
            new Case("by IPv6 address", all.withProtocol(UDP).to(VIP6, 53), Set.of("20001>53/6")),
            new Case(
                "by server",
                all.withProtocol(UDP).servedBy(SERVER, 5353),
                Set.of("20001>53", "20002>53")),
            new Case(
                "by service and server",
                all.withProtocol(UDP).to(VIP, 53).servedBy(SERVER, 5353),
                Set.of("20001>53", "20002>53")),
            new Case(
                "by a server that has none",
                all.withProtocol(UDP).to(VIP, 53).servedBy(SERVER, 5354),
                Set.of()));
    for (Case c : cases) {
      Set<String> found =
          conntrack.list(c.filter).stream()
              .map(Connection::original)
              .map(flow ->
                  flow.sourcePort()
                      + ">"
                      + flow.destinationPort()
                      + (flow.source().bits() == 128 ? "/6" : ""))
              .collect(Collectors.toSet());
      assertEquals(c.expected, found, c.name);
    }
  }

  @Test
  void aDeletedConnectionIsGoneAndOthersStay() throws IOException {
    FlowTuple flow = new FlowTuple(UDP, VIP, 20001, VIP, 53);

    assertTrue(conntrack.delete(flow, 0));
    assertFalse(conntrack.delete(flow, 0), "a second time");
    assertFalse(conntrack.delete(new FlowTuple(UDP, VIP, 20002, VIP, 53), 5), "in another zone");
    assertEquals(3, conntrack.list(ConnectionFilter.ALL).size());
  }

  @Test
  void manyAreDeletedInABatch() throws IOException {
    Batch batch = connection.batch();
    Conntrack.delete(batch, 1, new FlowTuple(UDP, VIP, 20001, VIP, 53), 0);
    Conntrack.delete(batch, 2, new FlowTuple(UDP, VIP, 29999, VIP, 53), 0);
    Conntrack.delete(batch, 3, new FlowTuple(UDP, VIP6, 20001, VIP6, 53), 0);
    List<Batch.Failure> failures = batch.finish();

    assertEquals(List.of(2), failures.stream().map(Batch.Failure::tag).toList());
    assertEquals(Errno.ENOENT, failures.getFirst().errno());
    assertEquals(2, conntrack.list(ConnectionFilter.ALL).size());
  }

  private void send(NetAddress to, int port, int from) throws IOException {
    InetAddress address = to.toInetAddress();
    inside.call(() -> {
      try (DatagramChannel channel = DatagramChannel.open()) {
        channel.bind(new InetSocketAddress(address, from));
        return channel.send(ByteBuffer.allocate(1), new InetSocketAddress(address, port));
      }
    });
  }
}
