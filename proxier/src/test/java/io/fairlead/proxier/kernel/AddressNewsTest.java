package io.fairlead.proxier.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.netlink.NetAddress;
import io.fairlead.netlink.route.InterfaceAddress;
import io.fairlead.netlink.route.Link;
import io.fairlead.netlink.route.RouteEvent;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the kernel tells, and whether node ports may be the worse for not hearing it. */
class AddressNewsTest {
  private static final int ETH0 = 2;
  private static final int VIPS = 7;

  private final AddressNews news = new AddressNews();

  record Case(RouteEvent event, boolean isNews) {}

  @Test
  void anAddressOfAnyDeviceButKubeIpvs0IsNews() {
    news.vipDevice(Optional.of(VIPS));

    expect(
        new Case(came(ETH0, "192.0.2.1"), true),
        new Case(went(ETH0, "192.0.2.1"), true),
        new Case(came(ETH0, "2001:db8::1"), true),
        new Case(went(ETH0, "2001:db8::1"), true),
        new Case(came(VIPS, "10.96.0.1"), false),
        new Case(went(VIPS, "fd00::1"), false),
        new Case(came(ETH0, "fe80::1"), false),
        new Case(came(ETH0, "169.254.1.1"), false),
        new Case(came(1, "127.0.0.1"), false),
        new Case(came(1, "::1"), false),
        new Case(came(1, "192.0.2.9"), true),
        new Case(new RouteEvent.LinkChanged(link(ETH0, "eth0")), false),
        new Case(new RouteEvent.EventsLost(), true));
  }

  @Test
  void kubeIpvs0IsFollowedAsItComesAndGoes() {
    expect(
        new Case(came(VIPS, "10.96.0.1"), true), // not known yet
        new Case(new RouteEvent.LinkChanged(link(VIPS, "kube-ipvs0")), false),
        new Case(came(VIPS, "10.96.0.1"), false),
        new Case(new RouteEvent.LinkGone(link(ETH0, "eth0")), false),
        new Case(came(VIPS, "10.96.0.1"), false),
        new Case(new RouteEvent.LinkGone(link(VIPS, "kube-ipvs0")), false),
        new Case(came(VIPS, "10.96.0.1"), true),
        new Case(new RouteEvent.LinkChanged(link(8, "kube-ipvs0")), false),
        new Case(came(VIPS, "10.96.0.1"), true),
        new Case(came(8, "10.96.0.1"), false),
        new Case(new RouteEvent.LinkChanged(link(8, "other")), false),
        new Case(came(8, "10.96.0.1"), true));
  }

  private void expect(Case... cases) {
    for (Case c : List.of(cases)) {
      assertEquals(c.isNews, news.isNews(c.event), c.event::toString);
    }
  }

  private static RouteEvent came(int link, String address) {
    return new RouteEvent.AddressChanged(held(link, address));
  }

  private static RouteEvent went(int link, String address) {
    return new RouteEvent.AddressGone(held(link, address));
  }

  private static InterfaceAddress held(int link, String text) {
    IpAddress address = IpAddress.parse(text);
    int bits = address.family() == Family.IPV4 ? 32 : 128;
    return new InterfaceAddress(link, new NetAddress(bits, address.hi(), address.lo()), bits, 0, 0);
  }

  private static Link link(int index, String name) {
    return new Link(index, name, "dummy", 0, 1500, 0);
  }
}
