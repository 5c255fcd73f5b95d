package io.fairlead.lab.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.netlink.NetAddress;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.route.Addresses;
import io.fairlead.netlink.route.InterfaceAddress;
import io.fairlead.netlink.route.Link;
import io.fairlead.netlink.route.Links;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The device that virtual IPs are bound to. Needs a kernel with the dummy driver. */
final class DummyLinkKernelTest {
  @Test
  void virtualIpsAreLocalOnADummyThatIsDown() throws IOException, InterruptedException {
    NetAddress vip = NetAddress.v4(0x0a600001); // 10.96.0.1
    NetAddress vip6 = NetAddress.v6(0xfd00_0000_0000_0000L, 1);
    try (Inside inside = Inside.create();
        NetlinkConnection connection = inside.open(NetlinkConnection.ROUTE)) {
      Links links = new Links(connection);
      links.addDummy("kube-ipvs0");
      Link dummy = links.find("kube-ipvs0").orElseThrow();
      Addresses addresses = new Addresses(connection);
      addresses.add(dummy.index(), vip, 32, 0);
      addresses.add(dummy.index(), vip6, 128, InterfaceAddress.NO_DAD);

      assertEquals("dummy", dummy.kind());
      assertFalse(links.find(dummy.index()).orElseThrow().isUp());
      assertEquals(
          List.of(vip, vip6),
          addresses.of(dummy.index()).stream().map(InterfaceAddress::address).toList());
      String local = inside.run("ip", "route", "show", "table", "local");
      assertTrue(local.contains("local 10.96.0.1 dev kube-ipvs0"), local);
    }
  }
}
