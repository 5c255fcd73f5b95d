package io.fairlead.lab.proxier;

import static io.fairlead.lab.proxier.Objects.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Host;
import io.fairlead.lab.rig.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** loadBalancerSourceRanges: who gets in, whoever and wherever it is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SourceRangeTest {
  private static final String VIP = "172.22.0.1";
  private static final String VIP6 = "fd00:22::1";
  private static final String EXTERNAL = "10.100.0.1";
  private static final Duration SOON = Duration.ofMillis(1500);

  private final TwoNodes stage = new TwoNodes();

  @BeforeAll
  void start() {
    Service web = limitedTo();
    List<Object> objects = new ArrayList<>(List.of(web, Objects.node(stage.here)));
    objects.addAll(stage.slices(web, "near1", "far"));
    stage.start(objects);
  }

  @AfterAll
  void stop() {
    stage.close();
  }

  private static Service limitedTo(String... ranges) {
    return ServiceDraft.of("web", "10.96.0.1", "fd00:10:96::1")
        .ports(30080, Protocol.values())
        .externalIps(EXTERNAL)
        .loadBalancer(VIP, VIP6)
        .sourceRanges(ranges)
        .service();
  }

  @ParameterizedTest
  @CsvSource({
    // ranges                             , client, pod, node
    "'',                                    yes, yes, yes",
    "192.168.50.101/32,                     yes, no, no",
    "10.244.0.0/16,                         no, yes, no",
    "192.168.50.1/32,                       no, no, yes",
    "192.168.50.0/24 10.244.1.20/32,        yes, yes, yes",
    "203.0.113.0/24,                        no, no, no",
    "192.168.50.0/24 192.168.50.101/32,     yes, no, yes", // one within the other
    "0.0.0.0/0,                             yes, yes, yes",
    "fd00:50::1:1/128,                      yes, yes, yes" // none of this family: open to all
  })
  void p10OnlyTheRangesGetIn(String ranges, String client, String pod, String node) {
    stage.proxy().apply(limitedTo(ranges.isBlank() ? new String[0] : ranges.strip().split(" ")));

    assertLetIn(client, stage.client, VIP);
    assertLetIn(pod, stage.caller, VIP);
    assertLetIn(node, stage.here, VIP);
    for (Host from : List.of(stage.client, stage.caller, stage.here)) {
      assertLetIn("yes", from, "10.96.0.1");
      assertLetIn("yes", from, EXTERNAL);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "fd00:50::1:1/128, yes, no, no",
    "fd00:244::/32,    no, yes, no",
    "fd00:50::1/128,   no, no, yes",
    "192.168.50.0/24,  yes, yes, yes"
  })
  void p10InIpv6Too(String ranges, String client, String pod, String node) {
    stage.proxy().apply(limitedTo(ranges.strip()));

    assertLetIn(client, stage.client, VIP6);
    assertLetIn(pod, stage.caller, VIP6);
    assertLetIn(node, stage.here, VIP6);
  }

  private void assertLetIn(String expect, Host from, String vip) {
    for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
      Outcome outcome =
          protocol == Protocol.TCP
              ? from.tcp(IpAddress.parse(vip), PORT, SOON)
              : from.udp(IpAddress.parse(vip), PORT, 0, SOON);
      // What the node's own filter drops never leaves it, and send says so: EPERM.
      boolean isTold = from.equals(stage.here) && protocol == Protocol.UDP;
      Class<? extends Outcome> keptOut = isTold ? Outcome.Refused.class : Outcome.TimedOut.class;
      Class<? extends Outcome> wanted = expect.equals("yes") ? Outcome.Answer.class : keptOut;
      assertInstanceOf(wanted, outcome, from.name() + " to " + vip + " " + protocol);
    }
  }

  @Test
  void p10NodePortsAreNotLimited() {
    stage.proxy().apply(limitedTo("203.0.113.0/24"));

    assertInstanceOf(Outcome.Answer.class, stage.client.tcp(stage.here.v4(), 30080));
  }

  /** kubernetes#88698: it was open for a moment whenever anything changed. */
  @Test
  void whoIsKeptOutStaysOutWhileEverythingChanges() throws Exception {
    stage.proxy().apply(limitedTo("203.0.113.0/24"));
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger letIn = new AtomicInteger();
    Thread intruder =
        Thread.ofPlatform()
            .start(() -> {
              while (!Thread.currentThread().isInterrupted()) {
                asked.incrementAndGet();
                if (stage.client.udp(IpAddress.parse(VIP), PORT, 0, Duration.ofMillis(20))
                    instanceof Outcome.Answer) {
                  letIn.incrementAndGet();
                }
              }
            });
    for (int i = 0; i < 15; i++) {
      Service changed = limitedTo("203.0.113.0/24", "198.51.100.%d/32".formatted(i));
      stage.proxy().apply(changed);
      stage.proxy().apply(limitedTo("203.0.0.0/16")); // overlaps what it takes the place of
      stage.proxy().apply(stage.slices(changed, i % 2 == 0 ? "near1" : "far").toArray());
      stage.proxy().audit();
    }
    assertTrue(asked.get() > 30, asked::toString);
    assertEquals(0, letIn.get());

    stage.proxy().apply(limitedTo()); // now it must get in, or it was not asking at all
    int before = asked.get();
    while (asked.get() < before + 20) {
      Thread.sleep(10);
    }
    intruder.interrupt();
    intruder.join();
    assertTrue(letIn.get() > 0, letIn::toString);
  }
}
