package io.fairlead.proxier.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.dataplane.Connections;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerKey.Marked;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.proxier.kernel.VipDevice;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusTableTest {
  private static final VirtualServerOptions RR = new VirtualServerOptions("rr", 0, 0, 32);
  private static final VirtualServerOptions STICKY =
      new VirtualServerOptions("lc", VirtualServerOptions.PERSISTENT, 10800, 128);
  private static final RealServer POD1 = new RealServer(IpAddress.parse("10.244.1.5"), 8080);
  private static final RealServer POD2 = new RealServer(IpAddress.parse("10.244.2.66"), 8080);
  private static final RealServer POD6 = new RealServer(IpAddress.parse("fd00:244::5"), 53);

  private final StatusTable table =
      new StatusTable(
          new VipDevice.Snapshot(
              true,
              ImmutableSet.of(IpAddress.parse("10.96.0.1"), IpAddress.parse("fd00:96::a")),
              ImmutableSet.of(IpAddress.parse("192.0.2.1"))),
          new ServiceNames(
              ImmutableMap.of(
                  "TCP 10.96.0.1:443", "default/kubernetes",
                  "UDP [fd00:96::a]:53", "kube-system/kube-dns"),
              Optional.empty()));

  @Test
  void columnsAreAsWideAsTheirWidestCell() {
    table.add(
        new VirtualServer(
            addressed("10.96.0.1", 443, Protocol.TCP),
            RR,
            ImmutableSortedMap.of(
                POD1, RealServerOptions.masquerade(0), POD2, RealServerOptions.masquerade(1))),
        ImmutableMap.of(POD1, new Connections(12, 3, 0)));
    table.add(
        new VirtualServer(
            addressed("fd00:96::a", 53, Protocol.UDP),
            STICKY,
            ImmutableSortedMap.of(POD6, RealServerOptions.masquerade(100))),
        ImmutableMap.of());

    assertEquals(
        """
        SERVICE               VIRTUAL SERVER       VIP         SCHEDULER           REAL SERVER       WEIGHT        ACTIVE  INACTIVE
        default/kubernetes    TCP 10.96.0.1:443    kube-ipvs0  rr                  10.244.1.5:8080   0 (draining)  12      3
                                                                                   10.244.2.66:8080  1             0       0
        kube-system/kube-dns  UDP [fd00:96::a]:53  kube-ipvs0  lc, client 10800 s  [fd00:244::5]:53  100           0       0
        """,
        table.text());
  }

  @Test
  void itSaysWhereTheAddressIsAndWhatIsRefused() {
    record Case(VirtualServerKey key, String row) {}

    for (Case each :
        new Case[] {
          new Case(addressed("192.0.2.1", 80, Protocol.TCP), "TCP 192.0.2.1:80 node"),
          new Case(addressed("10.96.0.99", 80, Protocol.TCP), "TCP 10.96.0.99:80 missing"),
          new Case(new Marked(5, Family.IPV4), "FWM 5 -"),
        }) {
      StatusTable one =
          new StatusTable(
              new VipDevice.Snapshot(
                  true, ImmutableSet.of(), ImmutableSet.of(IpAddress.parse("192.0.2.1"))),
              new ServiceNames(ImmutableMap.of(), Optional.empty()));
      one.add(new VirtualServer(each.key(), RR, ImmutableSortedMap.of()), ImmutableMap.of());

      assertEquals(
          "- " + each.row() + " rr none",
          one.text().lines().toList().getLast().replaceAll(" +", " "));
    }
  }

  @Test
  void anEmptyKernelIsSaidToBeSo() {
    assertEquals("no virtual servers\n", table.text());
  }

  private static VirtualServerKey addressed(String address, int port, Protocol protocol) {
    return new Addressed(IpAddress.parse(address), port, protocol);
  }
}
