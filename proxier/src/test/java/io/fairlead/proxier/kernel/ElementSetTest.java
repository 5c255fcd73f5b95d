package io.fairlead.proxier.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.netlink.nftables.Bytes;
import io.fairlead.netlink.nftables.DataType;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How the kernel has our elements: each part of a key begins at a multiple of four bytes. */
class ElementSetTest {
  private static final IpAddress V4 = IpAddress.parse("10.96.0.10");
  private static final IpAddress V6 = IpAddress.parse("fd00:96::a");

  private record Case(ElementSet set, SetElement element, String name, String key) {}

  private static final List<Case> CASES =
      List.of(
          new Case(ElementSet.VIPS, new SetElement.Vip(V4), "vips4", "0a60000a"),
          new Case(
              ElementSet.VIPS,
              new SetElement.Vip(V6),
              "vips6",
              "fd000096 00000000 00000000 0000000a"),
          new Case(
              ElementSet.SERVICES,
              new ServicePort(ServicePort.Set.SERVICES, V4, Protocol.TCP, 443),
              "services4",
              "0a60000a 06000000 01bb0000"),
          new Case(
              ElementSet.MASQUERADE,
              new ServicePort(ServicePort.Set.MASQUERADE, V6, Protocol.UDP, 53),
              "masquerade6",
              "fd000096 00000000 00000000 0000000a 11000000 00350000"),
          new Case(
              ElementSet.CLUSTER_IPS,
              new ServicePort(ServicePort.Set.CLUSTER_IPS, V4, Protocol.SCTP, 65535),
              "cluster_ips4",
              "0a60000a 84000000 ffff0000"),
          new Case(
              ElementSet.HAIRPIN,
              new SetElement.Hairpin(V4, Protocol.TCP, 8080),
              "hairpin4",
              "0a60000a 06000000 1f900000 0a60000a"));

  @Test
  void eachElementHasItsSetAndComesBackFromItsKey() {
    for (Case row : CASES) {
      Family family = row.element().family();

      assertEquals(row.set(), ElementSet.of(row.element()));
      assertEquals(row.name(), row.set().name(family));
      assertEquals(Optional.of(row.element()), row.set().read(family, bytes(row.key())));
    }
  }

  @Test
  void theSetsKeysAreAsLongAsTheirElements() {
    for (Case row : CASES) {
      int length =
          row.set().of(row.element().family()).key().stream()
              .mapToInt(DataType::paddedLength)
              .sum();

      assertEquals(bytes(row.key()).length(), length, row.name());
    }
  }

  @Test
  void aProtocolThatNoServiceHasIsSomebodyElses() {
    assertEquals(
        Optional.empty(),
        ElementSet.SERVICES.read(Family.IPV4, bytes("0a60000a 2f000000 00500000")));
  }

  private static Bytes bytes(String hex) {
    return Bytes.of(HexFormat.of().parseHex(hex.replace(" ", "")));
  }
}
