package io.fairlead.lab.proxier;

import static io.fairlead.lab.proxier.Objects.PORT;
import static io.fairlead.lab.proxier.Objects.TARGET_PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableMultiset;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Client;
import io.fairlead.lab.rig.Host;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Outcome;
import io.fairlead.lab.rig.Outcome.Answer;
import io.fairlead.lab.rig.Outcome.Refused;
import io.fairlead.lab.rig.Pod;
import io.fairlead.lab.rig.Rig;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where packets to each kind of VIP end up, in every protocol and family, whoever sends them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrafficTest {
  private final Rig rig = Rig.create();
  private final Node node = rig.node("node1");
  private final Pod pod1 = node.pod("pod1", "10.244.1.10", "fd00:244:1::10");
  private final Pod pod2 = node.pod("pod2", "10.244.1.11", "fd00:244:1::11");
  private final Pod caller = node.pod("caller", "10.244.1.20", "fd00:244:1::20");
  private final Client client = rig.client("client", node);
  private Optional<NodeProxy> proxy = Optional.empty();

  @BeforeAll
  void start() {
    Service web =
        Objects.withLoadBalancerIps(
            Objects.withExternalIps(
                Objects.service("web", "10.96.30.32", "fd00:10:96::20"),
                "10.100.233.153",
                "fd00:22::153"),
            "172.22.132.200",
            "fd00:22::200");
    Service alone = Objects.service("alone", "10.96.0.11", "fd00:10:96::b");
    Service empty = Objects.service("empty", "10.96.0.12", "fd00:10:96::c");
    // The kernel sends one client six ICMP errors at once and then one a second; these tests ask
    // for
    // more, and UDP does not ask twice.
    node.namespace().sysctl("net/ipv4/icmp_ratelimit", 0);
    node.namespace().sysctl("net/ipv6/icmp/ratelimit", 0);
    pod1.serve(TARGET_PORT);
    pod2.serve(TARGET_PORT);
    node.serve(22); // a service of the host, which must not be behind any VIP
    proxy =
        Optional.of(
            NodeProxy.start(
                node,
                List.of(
                    web,
                    Objects.slice(web, Family.IPV4, "node1", pod1, pod2),
                    Objects.slice(web, Family.IPV6, "node1", pod1, pod2),
                    alone,
                    Objects.slice(alone, Family.IPV4, "node1", pod1),
                    Objects.slice(alone, Family.IPV6, "node1", pod1),
                    empty)));
  }

  @AfterAll
  void stop() throws InterruptedException {
    if (proxy.isPresent()) {
      proxy.get().close();
    }
    rig.close();
  }

  /** A VIP by its kind. */
  enum Vip {
    CLUSTER_IP("10.96.30.32", "fd00:10:96::20"),
    EXTERNAL_IP("10.100.233.153", "fd00:22::153"),
    LOAD_BALANCER("172.22.132.200", "fd00:22::200");

    private final String v4;
    private final String v6;

    Vip(String v4, String v6) {
      this.v4 = v4;
      this.v6 = v6;
    }

    IpAddress of(Family family) {
      return IpAddress.parse(family == Family.IPV4 ? v4 : v6);
    }
  }

  record Way(Host from, Vip vip, Family family, Protocol protocol) {
    Outcome ask(int port) {
      return TrafficTest.ask(from, vip.of(family), port, protocol);
    }

    @Override
    public String toString() {
      return from.name() + " to " + vip + " over " + protocol + " " + family;
    }
  }

  Stream<Way> ways() {
    return Stream.of(Family.values())
        .flatMap(family ->
            Stream.of(Vip.values())
                .flatMap(vip ->
                    Stream.of(Protocol.values())
                        .flatMap(protocol ->
                            Stream.of(client, caller, node)
                                .map(from -> new Way(from, vip, family, protocol)))));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void roundRobinSharesFourRequestsEvenly(Way way) {
    List<Outcome> answers = IntStream.range(0, 4).mapToObj(_ -> way.ask(PORT)).toList();

    assertEquals(
        ImmutableMultiset.of("pod1", "pod1", "pod2", "pod2"),
        ImmutableMultiset.copyOf(answers.stream().flatMap(a -> a.answeredBy().stream()).toList()),
        answers::toString);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void endpointsSeeTheirClientUnlessTheAnswerWouldGetLost(Way way) {
    boolean kept = way.vip == Vip.CLUSTER_IP && way.from.equals(caller);
    Host seen = kept ? way.from : node;

    Answer answer = assertInstanceOf(Answer.class, way.ask(PORT));

    assertEquals(seen.addresses().of(way.family), answer.source());
  }

  /** All but SCTP over IPv6, whose clients take no ICMPv6 error for an answer (sctp_v6_err). */
  Stream<Way> refusableWays() {
    return ways().filter(way -> way.protocol != Protocol.SCTP || way.family != Family.IPV6);
  }

  @ParameterizedTest
  @MethodSource("refusableWays")
  void aPortOfTheHostIsRefusedOnAVip(Way way) {
    assertRefusedAtOnce(way.ask(22));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aVipAnswersPing(Way way) {
    assertTrue(way.from.ping(way.vip.of(way.family)));
  }

  @ParameterizedTest
  @MethodSource("refusableWays")
  void aServiceWithoutEndpointsIsRefusedAtOnce(Way way) {
    IpAddress vip = IpAddress.parse(way.family == Family.IPV4 ? "10.96.0.12" : "fd00:10:96::c");

    assertRefusedAtOnce(ask(way.from, vip, PORT, way.protocol));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aPodReachesItselfThroughItsService(Way way) {
    IpAddress vip = IpAddress.parse(way.family == Family.IPV4 ? "10.96.0.11" : "fd00:10:96::b");

    assertEquals(
        new Answer("pod1", node.addresses().of(way.family)), ask(pod1, vip, PORT, way.protocol));
  }

  private static void assertRefusedAtOnce(Outcome outcome) {
    Refused refused = assertInstanceOf(Refused.class, outcome);
    assertTrue(refused.after().compareTo(Host.PATIENCE) < 0, refused::toString);
  }

  private static Outcome ask(Host from, IpAddress vip, int port, Protocol protocol) {
    return switch (protocol) {
      case TCP -> from.tcp(vip, port);
      case UDP -> from.udp(vip, port);
      case SCTP -> from.sctp(vip, port);
    };
  }
}
