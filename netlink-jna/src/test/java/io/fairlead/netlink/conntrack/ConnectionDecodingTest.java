package io.fairlead.netlink.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.netlink.Captured;
import io.fairlead.netlink.NetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a kernel said about connections. */
final class ConnectionDecodingTest {
  private static final long SEED = 20261121;
  private static final int UDP = 17;
  private static final NetAddress V4 = NetAddress.v4(0x0a600001);
  private static final NetAddress V6 = NetAddress.v6(0xfd00_0000_0000_0000L, 1);

  @Test
  void connectionsAreRead() {
    List<Connection> connections = Captured.decode("connection", Connection::read);

    assertEquals(new FlowTuple(UDP, V6, 20002, V6, 54), connections.get(0).original());
    assertEquals(new FlowTuple(UDP, V6, 54, V6, 20002), connections.get(0).reply());
    assertEquals(new FlowTuple(UDP, V4, 20001, V4, 54), connections.get(1).original());
    assertEquals(0x188, connections.get(1).status());
    assertEquals(0, connections.get(1).zone());
  }

  @Test
  void aFilterSelects() {
    Connection flow = Captured.decode("connection", Connection::read).get(1);
    record Case(String name, boolean expected, ConnectionFilter filter) {}
    ConnectionFilter all = ConnectionFilter.ALL;
    for (Case c :
        List.of(
            new Case("all", true, all),
            new Case("protocol", true, all.withProtocol(UDP)),
            new Case("another protocol", false, all.withProtocol(6)),
            new Case("destination", true, all.to(V4)),
            new Case("destination and port", true, all.to(V4, 54)),
            new Case("another port", false, all.to(V4, 53)),
            new Case("another family", false, all.to(V6)),
            new Case("server", true, all.servedBy(V4, 54)),
            new Case("another server", false, all.servedBy(NetAddress.v4(1), 54)),
            new Case("another port of the server", false, all.servedBy(V4, 53)))) {
      assertEquals(c.expected, c.filter.matches(flow), c.name);
    }
  }

  @Test
  void damagedMessagesAreRefusedAndNothingElseHappens() {
    Captured.damage("connection", SEED, Connection::read);
  }
}
