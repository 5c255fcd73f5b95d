package io.fairlead.proxier.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.netlink.nftables.Bytes;
import io.fairlead.netlink.nftables.Element;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How the kernel has our elements: each part of a key begins at a multiple of four bytes. */
class ElementDecoderTest {
  private static final IpAddress V4 = IpAddress.parse("10.96.0.10");
  private static final IpAddress V6 = IpAddress.parse("fd00:96::a");

  private record Case(SetElement element, String set, Element held) {}

  private static final List<Case> CASES =
      List.of(
          new Case(new SetElement.Vip(V4), "vips4", key("0a60000a")),
          new Case(new SetElement.Vip(V6), "vips6", key("fd000096 00000000 00000000 0000000a")),
          new Case(
              new ServicePort(ServicePort.Set.SERVICES, V4, Protocol.TCP, 443),
              "services4",
              key("0a60000a 06000000 01bb0000")),
          new Case(
              new ServicePort(ServicePort.Set.MASQUERADE, V6, Protocol.UDP, 53),
              "masquerade6",
              key("fd000096 00000000 00000000 0000000a 11000000 00350000")),
          new Case(
              new ServicePort(ServicePort.Set.CLUSTER_IPS, V4, Protocol.SCTP, 65535),
              "cluster_ips4",
              key("0a60000a 84000000 ffff0000")),
          new Case(
              new ServicePort(ServicePort.Set.NO_ENDPOINTS, V4, Protocol.TCP, 1),
              "no_endpoints4",
              key("0a60000a 06000000 00010000")),
          new Case(
              new ServicePort(ServicePort.Set.NO_LOCAL, V4, Protocol.TCP, 1),
              "no_local4",
              key("0a60000a 06000000 00010000")),
          new Case(
              new ServicePort(ServicePort.Set.NO_LOCAL_EXTERNAL, V4, Protocol.TCP, 1),
              "no_local_external4",
              key("0a60000a 06000000 00010000")),
          new Case(
              new ServicePort(ServicePort.Set.LIMITED, V4, Protocol.TCP, 1),
              "limited4",
              key("0a60000a 06000000 00010000")),
          new Case(
              new SetElement.Hairpin(V4, Protocol.TCP, 8080),
              "hairpin4",
              key("0a60000a 06000000 1f900000 0a60000a")),
          new Case(
              new SetElement.LocalOnly(V4, Protocol.TCP, 80, 0x1001),
              "local_only4",
              Element.of(bytes("0a60000a 06000000 00500000"), Bytes.host32(0x1001))),
          new Case(
              new SetElement.Allowed(V4, Protocol.TCP, 80, Cidr.parse("192.0.2.0/24")),
              "allowed4",
              range("0a60000a 06000000 00500000 c0000200", "0a60000a 06000000 00500000 c00002ff")),
          new Case(
              new SetElement.Allowed(V6, Protocol.TCP, 80, Cidr.parse("2001:db8::/33")),
              "allowed6",
              range(
                  "fd000096 00000000 00000000 0000000a 06000000 00500000"
                      + "20010db8 00000000 00000000 00000000",
                  "fd000096 00000000 00000000 0000000a 06000000 00500000"
                      + "20010db8 7fffffff ffffffff ffffffff")),
          new Case(
              new SetElement.PodRange(Cidr.parse("10.244.1.0/24")),
              "pods4",
              range("0af40100", "0af401ff")));

  @Test
  void eachElementIsReadFromItsSet() {
    for (Case row : CASES) {
      ElementSet set = ElementSet.of(row.element());
      Family family = row.element().family();

      assertEquals(row.set(), set.name(family));
      assertEquals(
          Optional.of(row.element()), ElementDecoder.of(set, family).read(row.held()), row.set());
    }
  }

  private record Foreign(String why, ElementSet set, Element held) {}

  private static final List<Foreign> FOREIGN =
      List.of(
          new Foreign(
              "a protocol that no Service has",
              ElementSet.SERVICES,
              key("0a60000a 2f000000 00500000")),
          new Foreign("a key of another length", ElementSet.SERVICES, key("0a60000a")),
          new Foreign(
              "a hairpin between two endpoints",
              ElementSet.HAIRPIN,
              key("0a60000a 06000000 1f900000 0a60000b")),
          new Foreign(
              "a map's key alone", ElementSet.LOCAL_ONLY, key("0a60000a 06000000 00500000")),
          new Foreign("a range that is no CIDR", ElementSet.PODS, range("0af40100", "0af40102")),
          new Foreign("a range that begins amiss", ElementSet.PODS, range("0af40101", "0af40102")),
          new Foreign("a range without an end", ElementSet.PODS, key("0af40100")),
          new Foreign(
              "sources that are no CIDR",
              ElementSet.ALLOWED,
              range("0a60000a 06000000 00500000 c0000200", "0a60000a 06000000 00500000 c0000205")),
          new Foreign(
              "a range of ports",
              ElementSet.ALLOWED,
              range("0a60000a 06000000 00500000 c0000200", "0a60000a 06000000 00510000 c00002ff")),
          new Foreign(
              "a range of addresses",
              ElementSet.ALLOWED,
              range("0a60000a 06000000 00500000 c0000200", "0a60000b 06000000 00500000 c00002ff")));

  @Test
  void whatWeWouldNotWriteIsSomebodyElses() {
    for (Foreign row : FOREIGN) {
      assertEquals(
          Optional.empty(), ElementDecoder.of(row.set(), Family.IPV4).read(row.held()), row.why());
    }
  }

  private static Element key(String hex) {
    return Element.of(bytes(hex));
  }

  private static Element range(String first, String last) {
    return new Element(bytes(first), bytes(last), Bytes.NONE, false);
  }

  private static Bytes bytes(String hex) {
    return Bytes.of(HexFormat.of().parseHex(hex.replace(" ", "")));
  }
}
