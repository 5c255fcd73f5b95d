package io.fairlead.proxier.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Dataplane.Failure;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.core.reconcile.ReconcilerSettings;
import io.fairlead.proxier.observe.Health;
import io.fairlead.proxier.observe.HealthReport;
import io.fairlead.proxier.observe.KernelMetrics;
import io.fairlead.proxier.observe.SteppedClock;
import io.fairlead.proxier.observe.SyncMetrics;
import io.fairlead.proxier.sync.Pass.Cause;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SyncTelemetryTest {
  private static final ImmutableSet<Family> BOTH = ImmutableSet.copyOf(Family.values());
  private static final Change BIND_V4 = new Change.BindAddress(IpAddress.parse("10.96.0.1"));
  private static final Change BIND_V6 = new Change.BindAddress(IpAddress.parse("fd00::1"));
  private static final Change TABLE = new Change.ReplaceFilter(ImmutableList.of());
  private static final Change NO_SCHEDULER =
      new Change.AddVirtualServer(
          new Addressed(IpAddress.parse("10.96.0.1"), 80, Protocol.TCP),
          new VirtualServerOptions("nosuch", 0, 0, 32));

  private final SteppedClock clock = new SteppedClock();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Health health = new Health(clock, Duration.ofSeconds(30), BOTH);
  private final SyncTelemetry telemetry =
      new SyncTelemetry(
          new SyncMetrics(registry, clock, BOTH), new KernelMetrics(registry, BOTH), health, BOTH);
  private final Reconciler reconciler =
      new Reconciler(new Planner(PlannerSettings.of("rr")), new ReconcilerSettings("node1"));

  @Test
  void aFamilyIsUnhealthyWhileItsRepairsFail() {
    record Case(String name, List<Failure> failures, boolean v4, boolean v6) {}

    for (Case row :
        List.of(
            new Case("nothing fails", List.of(), true, true),
            new Case("an IPv4 address", List.of(drift(BIND_V4)), false, true),
            new Case("an IPv6 address", List.of(drift(BIND_V6)), true, false),
            new Case("the table of both", List.of(drift(TABLE)), false, false),
            new Case("a scheduler that is not there", List.of(refused(NO_SCHEDULER)), true, true),
            new Case("all is well again", List.of(), true, true))) {
      passed(Cause.AUDIT, row.failures());
      clock.advance(Duration.ofMinutes(2));

      HealthReport report = health.report();
      assertEquals(row.v4(), healthy(report, Family.IPV4), row.name());
      assertEquals(row.v6(), healthy(report, Family.IPV6), row.name());
    }
  }

  @Test
  void aFamilyThatTheNodeLacksIsNotReported() {
    var v4 = ImmutableSet.of(Family.IPV4);
    var alone = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var only4 = new Health(clock, Duration.ofSeconds(30), v4);
    var observer =
        new SyncTelemetry(
            new SyncMetrics(alone, clock, v4), new KernelMetrics(alone, v4), only4, v4);

    observer.queued();
    observer.passed(
        new Pass(
            Cause.AUDIT,
            0,
            ImmutableList.of(),
            ImmutableList.of(drift(BIND_V6)),
            Duration.ofMillis(1),
            Duration.ZERO),
        reconciler);
    clock.advance(Duration.ofMinutes(2));

    assertTrue(only4.report().isLive());
    assertEquals(List.of(), alone.scrape().lines().filter(line -> line.contains("IPv6")).toList());
  }

  @Test
  void oneFailureIsNoReasonToWorry() {
    passed(Cause.AUDIT, List.of(drift(BIND_V4)));

    assertTrue(health.report().isLive());
  }

  @Test
  void eventsThatGoWellDoNotHideARepairThatFails() {
    passed(Cause.AUDIT, List.of(drift(BIND_V4)));
    clock.advance(Duration.ofSeconds(50));
    passed(Cause.EVENTS, List.of());
    clock.advance(Duration.ofSeconds(50));

    assertEquals(false, health.report().isLive());
  }

  @Test
  void aKernelThatCannotBeReadIsUnhealthyUntilItIsRead() {
    telemetry.unreadable(new DataplaneException("ENOBUFS", new IllegalStateException()));
    passed(Cause.EVENTS, List.of()); // writing without a reading proves nothing
    clock.advance(Duration.ofMinutes(2));
    assertEquals(false, health.report().isLive());

    passed(Cause.AUDIT, List.of());
    assertTrue(health.report().isLive());
  }

  @Test
  void workThatIsNotDoneIsUnhealthy() {
    telemetry.queued();
    clock.advance(Duration.ofMinutes(2));
    assertEquals(false, health.report().isLive());

    passed(Cause.EVENTS, List.of());
    assertTrue(health.report().isLive());
  }

  @Test
  void onlyAuditsCountAsRepairs() {
    passed(Cause.EVENTS, List.of());
    passed(Cause.AUDIT, List.of(refused(NO_SCHEDULER)));

    assertShows("fairlead_kernel_changes_total{kind=\"bind_address\"} 2.0");
    assertShows("fairlead_drift_repaired_total{kind=\"bind_address\"} 1.0");
    assertShows("fairlead_drift_repaired_total{kind=\"add_virtual_server\"} 0.0");
    assertShows("fairlead_kernel_change_failures_total{kind=\"add_virtual_server\"} 1.0");
    assertShows("fairlead_audit_duration_seconds_count 1");
    assertShows("fairlead_event_to_kernel_duration_seconds_count 1");
  }

  private void assertShows(String line) {
    assertTrue(registry.scrape().lines().anyMatch(line::equals), () -> line + registry.scrape());
  }

  private static boolean healthy(HealthReport report, Family family) {
    return Optional.ofNullable(report.status().get(family)).orElseThrow().healthy();
  }

  /** A pass that binds an address, and in which these failed. */
  private void passed(Cause cause, List<Failure> failures) {
    var changes = ImmutableList.<Change>builder().add(new Change.BindAddress(IpAddress.v4(1)));
    failures.forEach(failure -> changes.add(failure.change()));
    telemetry.passed(
        new Pass(
            cause,
            cause == Cause.EVENTS ? 1 : 0,
            changes.build(),
            ImmutableList.copyOf(failures),
            Duration.ofMillis(1),
            Duration.ofMillis(2)),
        reconciler);
  }

  private static Failure drift(Change change) {
    return new Failure(change, "ENODEV", true);
  }

  private static Failure refused(Change change) {
    return new Failure(change, "ENOENT", false);
  }
}
