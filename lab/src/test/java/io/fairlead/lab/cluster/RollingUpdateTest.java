package io.fairlead.lab.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.core.net.IpAddress;
import io.fairlead.lab.cluster.Fairleads.Ending;
import io.fairlead.lab.cluster.Tally.Figures;
import io.fairlead.lab.rig.WebServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * All pods of a Service are replaced, at least twice, under load that never pauses, and no request
 * fails: none is refused, reset, late or answered by nobody. Each case prints its figures.
 */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RollingUpdateTest {
  /** So that there is load before the first change, and after the last one. */
  private static final Duration STEADY = Duration.ofSeconds(1);

  // For each change of an endpoint, as fast or slow as the machine is: without these a run has
  // proven nothing.
  private static final long LEAST_REQUESTS = 20;
  private static final long LEAST_CONNECTIONS = 10;

  private final Cluster cluster;

  RollingUpdateTest() throws InterruptedException {
    cluster = new Cluster();
  }

  @AfterAll
  void close() {
    cluster.close();
  }

  @ParameterizedTest
  @CsvSource({"81, rr, 0", "82, rr, 30", "83, lc, 0", "84, mh, 0"})
  void noRequestFails(int number, String scheduler, int affinitySeconds) throws Exception {
    WebService service = service(number, scheduler, affinitySeconds);

    Run run = replaceAllPods(service, List::of);

    assertNoRequestFailed(run);
    assertEquals(List.of(), run.unfaithful());
  }

  @Test
  void noRequestFailsWhileEachFairleadIsRestarted() throws Exception {
    Fairleads fairleads = cluster.fairleads();

    Run run =
        replaceAllPods(
            service(85, "rr", 0),
            () -> {
              List<Duration> outages = new ArrayList<>();
              for (int i = 0; i < fairleads.size(); i++) {
                outages.add(fairleads.restart(i, Ending.SIGTERM));
              }
              return outages;
            });

    assertNoRequestFailed(run);
  }

  @Test
  void noRequestFailsWhileAFairleadIsKilled() throws Exception {
    Run run =
        replaceAllPods(
            service(86, "rr", 0), () -> List.of(cluster.fairleads().restart(1, Ending.SIGKILL)));

    assertNoRequestFailed(run);
  }

  private static WebService service(int number, String scheduler, int affinitySeconds) {
    return new WebService(
        "web" + number,
        IpAddress.parse("10.96.0." + number),
        IpAddress.parse("203.0.113." + number),
        scheduler,
        affinitySeconds);
  }

  /**
   * What came of a run.
   *
   * @param servers of all pods that there have been
   * @param unfaithful clients with affinity that left a pod without need
   * @param outages how long nodes were without a Fairlead in sync
   */
  private record Run(
      Figures figures,
      List<WebServer> servers,
      int changes,
      List<String> unfaithful,
      List<Duration> outages) {}

  /** Replaces all pods twice, and then again for as long as something else goes on meanwhile. */
  private Run replaceAllPods(WebService service, Callable<List<Duration>> meanwhile)
      throws Exception {
    try (Deployment pods = cluster.deploy(service)) {
      Affinity affinity = new Affinity(pods::isLeaving);
      try (Load load =
          cluster.load(service, service.affinitySeconds() > 0 ? affinity : (_, _) -> {})) {
        Thread.sleep(STEADY);
        FutureTask<List<Duration>> other = new FutureTask<>(meanwhile);
        Thread.ofPlatform().daemon().name("meanwhile").start(other);
        for (int round = 0; round < 2 || !other.isDone(); round++) {
          pods.rollOut();
        }
        pods.awaitFarewells();
        Thread.sleep(STEADY);
        Run run =
            new Run(load.stop(), pods.servers(), pods.changes(), affinity.broken(), other.get());
        System.out.println("  " + line(service, run));
        return run;
      }
    }
  }

  private static String line(WebService service, Run run) {
    return "%s%s: %s; %d pods, %d endpoint changes%s"
        .formatted(
            service.scheduler(),
            service.affinitySeconds() > 0 ? " with ClientIP affinity" : "",
            run.figures(),
            run.servers().size(),
            run.changes(),
            run.outages().isEmpty()
                ? ""
                : "; without Fairlead for "
                    + run.outages().stream().map(Duration::toMillis).toList()
                    + " ms");
  }

  private void assertNoRequestFailed(Run run) {
    Figures figures = run.figures();
    assertEquals(List.of(), figures.failures(), cluster::state);
    assertEquals(
        List.of(),
        run.servers().stream()
            .filter(server -> server.answered() == 0)
            .map(WebServer::name)
            .toList(),
        "pods that nobody asked");
    assertTrue(figures.answers().size() >= LEAST_REQUESTS * run.changes(), figures::toString);
    assertTrue(figures.connections() >= LEAST_CONNECTIONS * run.changes(), figures::toString);
  }
}
