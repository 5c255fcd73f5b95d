package io.fairlead.lab.proxier;

import static io.fairlead.lab.proxier.Objects.PORT;
import static io.fairlead.lab.proxier.TwoNodes.answering;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Host;
import io.fairlead.lab.rig.Outcome;
import io.fairlead.lab.rig.Outcome.Answer;
import io.fairlead.lab.rig.Stream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of flows when endpoints, addresses and whole Services go. */
class DrainTest {
  private static final IpAddress VIP = IpAddress.parse("10.96.0.1");
  private static final IpAddress EXTERNAL = IpAddress.parse("10.100.0.1");

  private final TwoNodes stage = new TwoNodes();
  private final Service web = draft().service();

  @AfterEach
  void stop() {
    stage.close();
  }

  private static ServiceDraft draft() {
    return ServiceDraft.of("web", "10.96.0.1", "fd00:10:96::1").externalIps("10.100.0.1");
  }

  private NodeProxy start(Service service, String... flags) {
    List<Object> objects = new ArrayList<>(List.of(service));
    objects.addAll(stage.slices(service, "near1", "near2"));
    return stage.start(objects, flags);
  }

  private Object endpoints(String... names) {
    return stage.slice(web, Family.IPV4, names);
  }

  /** An open connection that this pod answers. */
  private Stream streamTo(String pod, Host from, IpAddress vip) throws IOException {
    for (int attempt = 0; attempt < 40; attempt++) {
      Stream stream = from.stream(vip, PORT);
      if (stream.ask().answeredBy().equals(Optional.of(pod))) {
        return stream;
      }
      stream.reset();
    }
    throw new AssertionError("no connection to " + pod);
  }

  @Test
  void aDeletedServiceServesItsConnectionsOnAndRefusesNewOnes() throws Exception {
    NodeProxy proxy = start(web);
    try (Stream stream = streamTo("near1", stage.client, VIP)) {
      proxy.remove(web);

      assertEquals(Optional.of("near1"), stream.ask().answeredBy());
      assertInstanceOf(Outcome.Refused.class, stage.client.tcp(VIP, PORT));
      assertEquals(List.of("-A -t 10.96.0.1:80 -s rr"), stage.virtualServers(), "the idle went");
      stream.reset();
    }
    await("the last connection's VIP goes", () -> stage.virtualServers().isEmpty());
    assertTrue(
        !stage
            .here
            .namespace()
            .run("ip", "-br", "addr", "show", "dev", "kube-ipvs0")
            .contains("10.96"));
  }

  @Test
  void anAddressThatAServiceLosesDrainsWhileTheOthersServe() throws Exception {
    NodeProxy proxy = start(web);
    try (Stream stream = streamTo("near2", stage.client, EXTERNAL)) {
      proxy.apply(ServiceDraft.of("web", "10.96.0.1").service());

      assertEquals(Optional.of("near2"), stream.ask().answeredBy());
      assertInstanceOf(Outcome.Refused.class, stage.client.tcp(EXTERNAL, PORT));
      assertEquals("near1 near2", answering(stage.client, VIP, PORT, Protocol.TCP));
    }
  }

  @Test
  void aDeletedServiceThatComesBackWhileItDrainsKeepsItsConnections() throws Exception {
    NodeProxy proxy = start(web);
    try (Stream stream = streamTo("near1", stage.client, VIP)) {
      proxy.remove(web);
      proxy.apply(web);

      assertEquals(Optional.of("near1"), stream.ask().answeredBy());
      assertEquals("near1 near2", answering(stage.client, VIP, PORT, Protocol.TCP));
    }
  }

  @Test
  void aDrainSurvivesARestart() throws Exception {
    NodeProxy proxy = start(web);
    try (Stream stream = streamTo("near1", stage.client, VIP)) {
      proxy.remove(web);
      stage.stop();
      stage.start(List.of());

      assertEquals(Optional.of("near1"), stream.ask().answeredBy());
      assertInstanceOf(Outcome.Refused.class, stage.client.tcp(VIP, PORT));
      stream.reset();
    }
    await("and ends after it", () -> stage.virtualServers().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void afterTheLimitAClientIsResetAndNotLeftToWait(boolean deleted) throws Exception {
    NodeProxy proxy = start(web, "--drain-limit=2s");
    try (Stream stream = streamTo("near1", stage.client, VIP)) {
      if (deleted) {
        proxy.remove(web);
      } else {
        proxy.apply(endpoints("near2"));
      }
      assertEquals(Optional.of("near1"), stream.ask().answeredBy());
      await(
          "the limit",
          () -> stage.realServers("-t 10.96.0.1:80").stream().noneMatch(it -> it.endsWith("w0")));

      // The kernel drops the first packet after that (ip_vs_in: expire_nodest_conn), and TCP sends
      // it again.
      Outcome.Broken broken = assertInstanceOf(Outcome.Broken.class, stream.ask());
      assertTrue(broken.reason().contains("reset"), broken::toString);
    }
    if (deleted) {
      await("the VIP goes after that", () -> stage.virtualServers().isEmpty());
    }
  }

  @Test
  void p19SctpDrainsAsTcpDoes() {
    NodeProxy proxy = start(web);
    answering(stage.client, VIP, PORT, Protocol.SCTP);

    proxy.apply(endpoints("near2"));

    assertEquals(
        List.of("10.244.1.10:8080 w0", "10.244.1.11:8080 w1"),
        stage.realServers("--sctp-service 10.96.0.1:80"));
    assertEquals("near2", answering(stage.client, VIP, PORT, Protocol.SCTP));
  }

  @Test
  void p20UdpLeavesAtOnce() {
    NodeProxy proxy = start(web);
    answering(stage.client, VIP, PORT, Protocol.UDP);

    proxy.apply(endpoints("near2"));

    assertEquals(List.of("10.244.1.11:8080 w1"), stage.realServers("-u 10.96.0.1:80"));
  }

  /** kubernetes#125467: a client that never pauses keeps its flow alive for ever. */
  @Test
  void p22ABusyUdpClientMovesOnAndFlowsOfOtherPortsStay() {
    NodeProxy proxy = start(web);
    String first = udp(VIP, 40000).answeredBy().orElseThrow();
    String other = udp(EXTERNAL, 40001).answeredBy().orElseThrow();
    String flows = flowsOf("40001");

    proxy.apply(endpoints(first.equals("near1") ? "near2" : "near1"));

    String then = udpPatiently(40000).answeredBy().orElseThrow();
    assertTrue(!then.equals(first), then);
    if (!other.equals(first)) {
      assertEquals(flows, flowsOf("40001"), "led to the endpoint that stays");
    }
  }

  @Test
  void p22AClientThatCameBeforeTheEndpointsIsServedWhenTheyCome() {
    NodeProxy proxy = start(web);
    proxy.apply(endpoints());
    udp(VIP, 40000);
    proxy.apply(endpoints("near1"));

    assertEquals(Optional.of("near1"), udpPatiently(40000).answeredBy());
  }

  @Test
  void aDeletedUdpServiceLeavesNoFlows() {
    NodeProxy proxy = start(web);
    udp(VIP, 40000);
    proxy.remove(web);

    assertEquals("", flowsOf("40000"));
  }

  /** Schedulers that choose by the client's address or keep it must look again. */
  @ParameterizedTest
  @CsvSource({"mh, 0", "sh, 0", "dh, 0", "rr, 300", "lc, 300"})
  void noNewFlowReachesAServerThatDrains(String scheduler, int affinity) throws Exception {
    ServiceDraft draft = draft().annotation("fairlead.io/scheduler", scheduler);
    Service service = (affinity == 0 ? draft : draft.affinity(affinity)).service();
    NodeProxy proxy = start(service);
    String chosen = stage.client.tcp(VIP, PORT).answeredBy().orElseThrow();
    try (Stream stream = streamTo(chosen, stage.client, VIP)) {
      String rest = chosen.equals("near1") ? "near2" : "near1";
      proxy.apply(endpoints(rest));

      for (int i = 0; i < 20; i++) {
        Outcome outcome = stage.client.tcp(VIP, PORT);
        boolean mayRefuse = scheduler.equals("dh"); // it has no fallback
        assertTrue(
            outcome.answeredBy().map(rest::equals).orElse(mayRefuse), scheduler + ": " + outcome);
      }
      assertEquals(Optional.of(chosen), stream.ask().answeredBy(), "but the old flow stays");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Protocol.class,
      names = {"TCP", "SCTP"})
  void aLocalEndpointOfOutsidersDrainsToo(Protocol protocol) {
    Service local = draft().externalLocal().service();
    NodeProxy proxy = start(local);
    answering(stage.client, EXTERNAL, PORT, protocol);
    proxy.apply(stage.slices(local, "near2").toArray());

    assertEquals("near2", answering(stage.client, EXTERNAL, PORT, protocol));
    assertTrue(
        stage
            .here
            .namespace()
            .run("ipvsadm", "-Sn")
            .lines()
            .anyMatch(
                line -> line.startsWith("-a -f") && line.endsWith("10.244.1.10:8080 -m -w 0")));
  }

  @Test
  void anOutsidersStreamToALocalEndpointThatGoesIsKept() throws Exception {
    Service local = draft().externalLocal().service();
    NodeProxy proxy = start(local);
    try (Stream stream = streamTo("near1", stage.client, EXTERNAL)) {
      proxy.apply(stage.slices(local, "far").toArray());
      assertEquals(Optional.of("near1"), stream.ask().answeredBy());
      assertInstanceOf(
          Outcome.TimedOut.class, stage.client.tcp(EXTERNAL, PORT, Duration.ofMillis(1500)));
      proxy.remove(local);
      assertEquals(Optional.of("near1"), stream.ask().answeredBy());
      stage.stop();
      stage.start(List.of());
      assertEquals(Optional.of("near1"), stream.ask().answeredBy(), "after a restart, too");
      stream.reset();
    }
    await("its address goes with it", () -> stage.virtualServers().isEmpty());
  }

  @Test
  void anOutsidersBusyUdpFlowFollowsTheLocalEndpoints() {
    Service local = draft().externalLocal().service();
    NodeProxy proxy = start(local);
    String first = udp(EXTERNAL, 40000).answeredBy().orElseThrow();
    proxy.apply(stage.slices(local, first.equals("near1") ? "near2" : "near1", "far").toArray());

    String then = "";
    for (int i = 0; i < 5 && then.isEmpty(); i++) {
      then = udp(EXTERNAL, 40000).answeredBy().orElse("");
    }
    assertEquals(first.equals("near1") ? "near2" : "near1", then);
  }

  private Outcome udp(IpAddress vip, int sourcePort) {
    return stage.client.udp(vip, PORT, sourcePort, Duration.ofMillis(700));
  }

  /** The kernel may drop the first packet of a flow whose real server has gone. */
  private Outcome udpPatiently(int sourcePort) {
    Outcome outcome = udp(VIP, sourcePort);
    for (int i = 0; i < 4 && !(outcome instanceof Answer); i++) {
      outcome = udp(VIP, sourcePort);
    }
    return outcome;
  }

  private String flowsOf(String sourcePort) {
    return stage
        .here
        .namespace()
        .run("conntrack", "-L", "-p", "udp", "--orig-port-src", sourcePort)
        .lines()
        .filter(line -> line.contains("sport="))
        .map(line -> line.replaceAll("^udp\\s+\\d+ \\d+ ", ""))
        .collect(java.util.stream.Collectors.joining("\n"));
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not in time: " + what);
      Thread.sleep(100);
    }
  }
}
