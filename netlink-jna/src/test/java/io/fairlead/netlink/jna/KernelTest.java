package io.fairlead.netlink.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Talks to the running kernel about things that need no privilege. */
class KernelTest {
  private static final int RTM_GETLINK = 18;
  private static final int IFLA_IFNAME = 3;
  private static final int IFINFOMSG = 16; // length of struct ifinfomsg

  @Test
  void dumpsTheLinks() throws Exception {
    try (NetlinkConnection route = Netlink.open(NetlinkConnection.ROUTE)) {
      route.request(RTM_GETLINK, 0).put64(0).put64(0);
      List<String> names = route.dump("list links", KernelTest::name);
      assertEquals("lo", names.getFirst());
    }
  }

  @Test
  void explainsARefusal() throws Exception {
    try (NetlinkConnection route = Netlink.open(NetlinkConnection.ROUTE)) {
      route.request(RTM_GETLINK, 0).put32(0).put32(0x7ffffff0).put64(0);
      NetlinkException e = assertThrows(NetlinkException.class, () -> route.execute("get link"));
      assertEquals(Errno.ENODEV, e.errno());
    }
  }

  private static String name(Message message) {
    Attributes a = message.attributes(IFINFOMSG);
    while (a.next()) {
      if (a.type() == IFLA_IFNAME) {
        return a.string();
      }
    }
    return "";
  }
}
