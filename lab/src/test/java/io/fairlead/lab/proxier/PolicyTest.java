package io.fairlead.lab.proxier;

import static io.fairlead.lab.proxier.Objects.PORT;
import static io.fairlead.lab.proxier.TwoNodes.answering;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Host;
import io.fairlead.lab.rig.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The traffic policies of a Service, by who asks: the table of section 2.6. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyTest {
  private static final Duration SOON = Duration.ofMillis(1500);
  private static final int NODE_PORT = 30080;

  private final TwoNodes stage = new TwoNodes();

  @BeforeAll
  void start() {
    List<Object> objects = new ArrayList<>();
    objects.addAll(with("both", 1, "near1", "near2", "far"));
    objects.addAll(with("away", 2, "far"));
    objects.addAll(with("none", 3));
    objects.addAll(with("terminating", 4, "near1:terminating", "far"));
    stage.start(objects);
  }

  /** A Service whose policies are Local, both of them, with each kind of address. */
  private List<Object> with(String name, int number, String... endpoints) {
    Service service =
        ServiceDraft.of(
                name,
                vip(Kind.CLUSTER_IP, Family.IPV4, number),
                vip(Kind.CLUSTER_IP, Family.IPV6, number))
            .ports(NODE_PORT + number, Protocol.TCP, Protocol.UDP, Protocol.SCTP)
            .externalIps(
                vip(Kind.EXTERNAL_IP, Family.IPV4, number),
                vip(Kind.EXTERNAL_IP, Family.IPV6, number))
            .loadBalancer(
                vip(Kind.LOAD_BALANCER, Family.IPV4, number),
                vip(Kind.LOAD_BALANCER, Family.IPV6, number))
            .externalLocal()
            .internalLocal()
            .service();
    return Stream.concat(Stream.of((Object) service), stage.slices(service, endpoints).stream())
        .toList();
  }

  @AfterAll
  void stop() {
    stage.close();
  }

  enum Kind {
    CLUSTER_IP,
    EXTERNAL_IP,
    LOAD_BALANCER,
    NODE_PORT
  }

  private static String vip(Kind kind, Family family, int number) {
    boolean v4 = family == Family.IPV4;
    return switch (kind) {
      case CLUSTER_IP -> (v4 ? "10.96.0." : "fd00:10:96::") + number;
      case EXTERNAL_IP -> (v4 ? "10.100.0." : "fd00:22::1:") + number;
      case LOAD_BALANCER -> (v4 ? "172.22.0." : "fd00:22::2:") + number;
      case NODE_PORT -> v4 ? "192.168.50.1" : "fd00:50::1";
    };
  }

  record Way(Kind kind, Family family, Protocol protocol) {
    IpAddress to(int service) {
      return IpAddress.parse(vip(kind, family, service));
    }

    int port(int service) {
      return kind == Kind.NODE_PORT ? NODE_PORT + service : PORT;
    }

    String asked(Host from, int service) {
      return answering(from, to(service), port(service), protocol);
    }
  }

  static Stream<Way> externalWays() {
    return ways(Kind.EXTERNAL_IP, Kind.LOAD_BALANCER, Kind.NODE_PORT);
  }

  static Stream<Way> internalWays() {
    return ways(Kind.CLUSTER_IP);
  }

  private static Stream<Way> ways(Kind... kinds) {
    return Stream.of(kinds)
        .flatMap(kind ->
            Stream.of(Family.values())
                .flatMap(
                    family -> Stream.of(Protocol.values()).map(it -> new Way(kind, family, it))));
  }

  @ParameterizedTest
  @MethodSource("externalWays")
  void p11AnOutsiderReachesLocalPodsOnlyAndKeepsItsAddress(Way way) {
    assertEquals("near1 near2", way.asked(stage.client, 1));
    assertEquals(
        Set.of(stage.client.addresses().of(way.family)),
        TwoNodes.sources(stage.client, way.to(1), way.port(1), way.protocol));
  }

  @ParameterizedTest
  @MethodSource("externalWays")
  void thePodsOfTheNodeReachAllEndpointsOfAnExternalAddress(Way way) {
    assertEquals("far near1 near2", way.asked(stage.caller, 1));
    assertEquals(
        Set.of(stage.caller.addresses().of(way.family)),
        TwoNodes.sources(stage.caller, way.to(1), way.port(1), way.protocol));
  }

  @ParameterizedTest
  @MethodSource("externalWays")
  void theNodeItselfReachesAllEndpointsOfAnExternalAddress(Way way) {
    assertEquals("far near1 near2", way.asked(stage.here, 1));
  }

  @ParameterizedTest
  @MethodSource("externalWays")
  void p12WithoutALocalEndpointAnOutsiderIsDroppedAndTheNodeAndItsPodsAreServed(Way way) {
    assertDropped(stage.client, way, 2);
    assertEquals("far", way.asked(stage.caller, 2));
    assertEquals("far", way.asked(stage.here, 2));
  }

  @ParameterizedTest
  @MethodSource("internalWays")
  void p13InternalTrafficStaysOnTheNodeWhoeverAsks(Way way) {
    for (Host from : List.of(stage.client, stage.caller, stage.here)) {
      assertEquals("near1 near2", way.asked(from, 1), from.name());
    }
  }

  @ParameterizedTest
  @MethodSource("internalWays")
  void p13WithoutALocalEndpointInternalTrafficIsDropped(Way way) {
    for (Host from : List.of(stage.client, stage.caller, stage.here)) {
      assertDropped(from, way, 2);
    }
  }

  static Stream<Way> refusableWays() { // SCTP over IPv6 cannot be refused: see TrafficTest
    return Stream.concat(internalWays(), externalWays())
        .filter(way -> way.protocol != Protocol.SCTP || way.family != Family.IPV6);
  }

  @ParameterizedTest
  @MethodSource("refusableWays")
  void withoutAnyEndpointEverybodyIsRefused(Way way) {
    for (Host from : List.of(stage.client, stage.caller, stage.here)) {
      assertInstanceOf(
          Outcome.Refused.class,
          TwoNodes.ask(from, way.to(3), way.port(3), way.protocol),
          from.name());
    }
  }

  @ParameterizedTest
  @MethodSource("externalWays")
  void aTerminatingLocalEndpointServesOutsidersUntilAnotherIsReady(Way way) {
    assertEquals("near1", way.asked(stage.client, 4));
    assertEquals("far", way.asked(stage.caller, 4));
  }

  /**
   * SCTP has its own patience; UDP and TCP would have an answer long before. A datagram that the
   * node's own filter drops never leaves it, and send says so (EPERM).
   */
  private void assertDropped(Host from, Way way, int service) {
    Outcome outcome =
        switch (way.protocol) {
          case TCP -> from.tcp(way.to(service), way.port(service), SOON);
          case UDP -> from.udp(way.to(service), way.port(service), 0, SOON);
          case SCTP -> from.sctp(way.to(service), way.port(service));
        };
    boolean isTold = from.equals(stage.here) && way.protocol == Protocol.UDP;
    Class<? extends Outcome> dropped = isTold ? Outcome.Refused.class : Outcome.TimedOut.class;
    assertInstanceOf(dropped, outcome, from.name() + " " + way);
  }
}
