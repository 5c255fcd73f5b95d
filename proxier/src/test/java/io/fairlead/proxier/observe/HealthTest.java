package io.fairlead.proxier.observe;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.Node;
import io.fairlead.core.net.Family;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** P29 and P35 of the parity table, with a sync period of 30 s. */
class HealthTest {
  private final SteppedClock clock = new SteppedClock();
  private final Health health =
      new Health(clock, Duration.ofSeconds(30), EnumSet.allOf(Family.class));

  /**
   * @param steps what happens: {@code q4} and {@code q6} queue, {@code u4} and {@code u6} update, a
   *     number lets so many seconds pass, {@code node+}, {@code node-} and {@code nodeless} tell of
   *     the Node
   */
  record Case(String steps, int healthz, int livez, boolean ipv4, boolean ipv6) {}

  static Stream<Case> cases() {
    return Stream.of(
        // Nothing to do is healthy, for as long as it lasts.
        new Case("", 200, 200, true, true),
        new Case("3600", 200, 200, true, true),
        // Two sync periods are late, counted from the oldest request.
        new Case("q4 59", 200, 200, true, true),
        new Case("q4 60", 503, 503, false, true),
        new Case("q4 59 q4 1", 503, 503, false, true),
        new Case("q4 59 u4 1", 200, 200, true, true),
        new Case("q4 59 u4 q4 59", 200, 200, true, true),
        new Case("q4 60 u4", 200, 200, true, true),
        // One family does not answer for the other.
        new Case("q4 q6 30 u4 30", 503, 503, true, false),
        new Case("q4 q6 60", 503, 503, false, false),
        new Case("q4 q6 60 u6", 503, 503, false, true),
        // The node's state is for load balancers, not for the kubelet.
        new Case("node+", 200, 200, true, true),
        new Case("node-", 503, 200, true, true),
        new Case("nodeless", 503, 200, true, true),
        new Case("node- node+", 200, 200, true, true),
        new Case("nodeless node+", 200, 200, true, true),
        new Case("node- q6 60", 503, 503, true, false));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answers(Case c) {
    Splitter.on(' ').omitEmptyStrings().split(c.steps).forEach(this::take);

    HealthReport report = health.report();

    assertEquals(
        c,
        new Case(
            c.steps,
            report.isReady() ? 200 : 503,
            report.isLive() ? 200 : 503,
            requireNonNull(report.status().get(Family.IPV4)).healthy(),
            requireNonNull(report.status().get(Family.IPV6)).healthy()));
  }

  private void take(String step) {
    switch (step) {
      case "q4" -> health.queued(Family.IPV4);
      case "q6" -> health.queued(Family.IPV6);
      case "u4" -> health.updated(Family.IPV4);
      case "u6" -> health.updated(Family.IPV6);
      case "node+" -> health.nodeApplied(node(true));
      case "node-" -> health.nodeApplied(node(false));
      case "nodeless" -> health.nodeRemoved();
      default -> clock.advance(Duration.ofSeconds(Long.parseLong(step)));
    }
  }

  private static Node node(boolean eligible) {
    return new Node("n1", Optional.empty(), ImmutableList.of(), ImmutableList.of(), eligible);
  }

  @Test
  void aHealthyReportShowsThePresentAsLastUpdate() {
    clock.advance(Duration.ofSeconds(10));

    assertEquals(
        "{\"lastUpdated\":\"2026-01-02T03:04:15.678Z\","
            + "\"currentTime\":\"2026-01-02T03:04:15.678Z\","
            + "\"nodeEligible\":true,\"healthy\":true,\"status\":{"
            + "\"IPv4\":{\"lastUpdated\":\"2026-01-02T03:04:05.678Z\",\"healthy\":true},"
            + "\"IPv6\":{\"lastUpdated\":\"2026-01-02T03:04:05.678Z\",\"healthy\":true}}}",
        health.report().healthzJson());
  }

  @Test
  void anUnhealthyReportShowsTheNewestUpdateAndLivezLeavesTheNodeOut() {
    health.queued(Family.IPV6);
    clock.advance(Duration.ofSeconds(60));
    health.updated(Family.IPV4);
    clock.advance(Duration.ofSeconds(1));

    assertEquals(
        "{\"lastUpdated\":\"2026-01-02T03:05:05.678Z\","
            + "\"currentTime\":\"2026-01-02T03:05:06.678Z\","
            + "\"healthy\":false,\"status\":{"
            + "\"IPv4\":{\"lastUpdated\":\"2026-01-02T03:05:05.678Z\",\"healthy\":true},"
            + "\"IPv6\":{\"lastUpdated\":\"2026-01-02T03:04:05.678Z\",\"healthy\":false}}}",
        health.report().livezJson());
  }

  @Test
  void anIneligibleNodeIsNotReadyThoughTheProxyIsHealthy() {
    health.nodeRemoved();
    clock.advance(Duration.ofSeconds(1));

    assertEquals(
        "{\"lastUpdated\":\"2026-01-02T03:04:05.678Z\","
            + "\"currentTime\":\"2026-01-02T03:04:06.678Z\","
            + "\"nodeEligible\":false,\"healthy\":true,",
        health.report().healthzJson().replaceFirst("\"status\".*", ""));
  }
}
