package io.fairlead.proxier.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change.ForgetFlows;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.netlink.NetAddress;
import io.fairlead.netlink.conntrack.Connection;
import io.fairlead.netlink.conntrack.ConnectionFilter;
import io.fairlead.netlink.conntrack.FlowTuple;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which flows are forgotten, with pods 10.244.1.10 and 10.244.1.11 behind 10.96.0.10 port 53. */
class StaleFlowsTest {
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final ForgetFlows DNS =
      forget("10.96.0.10", 53, server("10.244.1.10", 8053), server("10.244.1.11", 8053));
  private static final ForgetFlows NOBODY = forget("10.96.0.10", 54);
  private static final ForgetFlows DNS6 = forget("fd00:96::a", 53, server("fd00:244::10", 8053));
  private static final StaleFlows STALE = new StaleFlows(List.of(DNS, NOBODY, DNS6));

  private record Case(String flow, Connection connection, Optional<ForgetFlows> verdict) {}

  private static final List<Case> CASES =
      List.of(
          new Case("to a pod", flow(UDP, "10.96.0.10", 53, "10.244.1.10", 8053), stays()),
          new Case("to the other pod", flow(UDP, "10.96.0.10", 53, "10.244.1.11", 8053), stays()),
          new Case("to a former pod", flow(UDP, "10.96.0.10", 53, "10.244.1.12", 8053), by(DNS)),
          new Case("to a former port", flow(UDP, "10.96.0.10", 53, "10.244.1.10", 53), by(DNS)),
          new Case("to the VIP itself", flow(UDP, "10.96.0.10", 53, "10.96.0.10", 53), by(DNS)),
          new Case("to no pod", flow(UDP, "10.96.0.10", 54, "10.244.1.10", 8053), by(NOBODY)),
          new Case("of another port", flow(UDP, "10.96.0.10", 55, "10.244.1.12", 8053), stays()),
          new Case("of another address", flow(UDP, "10.96.0.11", 53, "10.244.1.12", 8), stays()),
          new Case("of TCP", flow(TCP, "10.96.0.10", 53, "10.244.1.12", 8053), stays()),
          new Case("of no transport", flow(1, "10.96.0.10", 0, "10.96.0.10", 0), stays()),
          new Case("to an IPv6 pod", flow(UDP, "fd00:96::a", 53, "fd00:244::10", 8053), stays()),
          new Case(
              "to a former IPv6 pod", flow(UDP, "fd00:96::a", 53, "fd00:244::11", 8053), by(DNS6)));

  @Test
  void flowsThatLeadElsewhereAreForgotten() {
    for (Case row : CASES) {
      assertEquals(row.verdict(), STALE.verdict(row.connection()), row.flow());
    }
  }

  @Test
  void fewPortsAreListedByAddressAndManyByFamily() {
    ConnectionFilter udp = ConnectionFilter.ALL.withProtocol(UDP);
    assertEquals(
        ImmutableSet.of(udp.to(address("10.96.0.10")), udp.to(address("fd00:96::a"))),
        STALE.filters());

    List<ForgetFlows> many =
        IntStream.range(0, 1000).mapToObj(i -> forget("10.96.1." + i % 100, 1 + i)).toList();
    assertEquals(ImmutableSet.of(udp.withFamily(2)), new StaleFlows(many).filters());
  }

  private static ForgetFlows forget(String address, int port, RealServer... keep) {
    return new ForgetFlows(
        new Addressed(IpAddress.parse(address), port, Protocol.UDP), ImmutableSet.copyOf(keep));
  }

  private static RealServer server(String address, int port) {
    return new RealServer(IpAddress.parse(address), port);
  }

  private static Optional<ForgetFlows> stays() {
    return Optional.empty();
  }

  private static Optional<ForgetFlows> by(ForgetFlows change) {
    return Optional.of(change);
  }

  private static Connection flow(
      int protocol, String vip, int port, String answerFrom, int answerPort) {
    NetAddress client = address(vip.contains(":") ? "2001:db8::1" : "192.0.2.1");
    return new Connection(
        new FlowTuple(protocol, client, 40000, address(vip), port),
        new FlowTuple(protocol, address(answerFrom), answerPort, client, 40000),
        0,
        0,
        0,
        30);
  }

  private static NetAddress address(String text) {
    return NetAddress.of(InetAddress.ofLiteral(text));
  }
}
