package io.fairlead.lab.proxier;

import static io.fairlead.lab.proxier.Objects.PORT;
import static io.fairlead.lab.proxier.TwoNodes.answering;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Outcome;
import io.fairlead.lab.rig.Stream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scheduler of one Service, its flags, and who comes first. */
class SchedulerTest {
  private static final IpAddress VIP = IpAddress.parse("10.96.0.1");
  private final TwoNodes stage = new TwoNodes();

  @AfterEach
  void stop() {
    stage.close();
  }

  private NodeProxy start(Service service, String... flags) {
    List<Object> objects = new ArrayList<>(List.of(service));
    objects.addAll(stage.slices(service, "near1", "near2", "far"));
    return stage.start(objects, flags);
  }

  private static ServiceDraft draft() {
    return ServiceDraft.of("web", "10.96.0.1").ports(0, Protocol.TCP);
  }

  @ParameterizedTest
  @CsvSource({
    "fairlead.io/scheduler, lc, -s lc",
    "fairlead.io/scheduler, mh, '-s mh -b mh-fallback,mh-port'",
    "fairlead.io/scheduler, sh, -s sh -b sh-fallback",
    "kube-router.io/service.scheduler, wlc, -s wlc",
    "nothing/else, wlc, -s rr"
  })
  void p17AnAnnotationChoosesTheScheduler(String annotation, String value, String expect) {
    start(draft().annotation(annotation, value).service());

    assertEquals(List.of("-A -t 10.96.0.1:80 " + expect), stage.virtualServers());
    assertInstanceOf(Outcome.Answer.class, stage.client.tcp(VIP, PORT));
  }

  @Test
  void aChangedSchedulerIsEditedInPlace() throws Exception {
    NodeProxy proxy = start(draft().service());
    try (Stream stream = stage.client.stream(VIP, PORT)) {
      Optional<String> pod = stream.ask().answeredBy();
      int writes = proxy.writes();
      proxy.apply(draft().annotation("fairlead.io/scheduler", "mh").service());

      assertEquals(1, proxy.writes() - writes);
      assertEquals(
          List.of("-A -t 10.96.0.1:80 -s mh -b mh-fallback,mh-port"), stage.virtualServers());
      assertEquals(pod, stream.ask().answeredBy());
    }
  }

  @Test
  void p18AWantedRealServerOfWeight0IsPutBackAtTheStart() {
    start(draft().service());
    stage.stop();
    stage
        .here
        .namespace()
        .run("ipvsadm", "-e", "-t", "10.96.0.1:80", "-r", "10.244.1.10:8080", "-m", "-w", "0");
    start(draft().service());

    assertEquals(
        List.of("10.244.1.10:8080 w1", "10.244.1.11:8080 w1", "10.244.2.10:8080 w1"),
        stage.realServers("-t 10.96.0.1:80"));
  }

  /** An outsider's affinity with externalTrafficPolicy Local; see PlanDraft.markedOptions. */
  @Test
  void anOutsiderStaysWithItsLocalEndpoint() {
    Service sticky =
        ServiceDraft.of("web", "10.96.0.1", "fd00:10:96::1")
            .externalIps("10.100.0.1", "fd00:22::1")
            .ports(30080, Protocol.values())
            .externalLocal()
            .affinity(600)
            .service();
    start(sticky);

    for (Protocol protocol : Protocol.values()) {
      for (String vip : List.of("10.100.0.1", "fd00:22::1")) {
        String stays = answering(stage.client, IpAddress.parse(vip), PORT, protocol);
        assertTrue(Set.of("near1", "near2").contains(stays), vip + " " + protocol + " " + stays);
      }
      assertEquals(
          answering(stage.client, IpAddress.parse("10.100.0.1"), PORT, protocol),
          answering(stage.client, stage.here.v4(), 30080, protocol),
          "the same by the node port");
    }
  }

  @Test
  void mhHasTheSameTableOnEveryNode() {
    Service service = draft().annotation("fairlead.io/scheduler", "mh").service();
    assertEquals(orderOn("one", service), orderOn("two", service));
  }

  /** kubernetes#79213: every node began with the same pod, and all of them called it at once. */
  @Test
  void rrBeginsElsewhereOnOtherNodes() {
    Set<List<String>> orders = new HashSet<>();
    for (String node : List.of("a", "b", "c", "d", "e", "f")) {
      orders.add(orderOn(node, draft().service()));
    }
    assertNotEquals(1, orders.size());
  }

  /** The real servers in the kernel's own order, if the node had this name. */
  private List<String> orderOn(String name, Service service) {
    start(service, "--hostname-override=" + name);
    List<String> order =
        stage
            .here
            .namespace()
            .run("cat", "/proc/net/ip_vs")
            .lines() // ipvsadm would sort them
            .map(String::strip)
            .filter(line -> line.startsWith("-> 0"))
            .map(line -> line.replaceAll("-> (\\S+) .*", "$1"))
            .toList();
    assertEquals(3, order.size());
    stage.stop();
    stage.here.namespace().run("ipvsadm", "-C");
    return order;
  }
}
