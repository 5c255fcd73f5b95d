package io.fairlead.proxier.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.plan.ServicePlan.NoLocalEndpoints;
import io.fairlead.core.plan.ServicePlan.NoLocalEndpoints.Policy;
import io.fairlead.proxier.source.Source;
import io.fairlead.proxier.source.SourceStatus;
import io.fairlead.proxier.source.SourceStatus.State;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a scrape shows: names, labels and buckets are an interface that dashboards rely on. */
class MetricsTest {
  private static final ImmutableSet<Family> BOTH = ImmutableSet.of(Family.IPV4, Family.IPV6);
  private static final Change BIND = new Change.BindAddress(IpAddress.parse("10.96.0.1"));
  private static final Change FILTER = new Change.ReplaceFilter(ImmutableList.of());

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @Test
  void syncsShowUnderKubeProxysNames() {
    SyncMetrics metrics = new SyncMetrics(registry, new SteppedClock(), BOTH);
    metrics.queued(Family.IPV6);
    metrics.synced(Family.IPV4, Duration.ofMillis(3));
    metrics.programmed(Family.IPV4, Duration.ofMillis(700));

    assertShows(
        "kubeproxy_sync_proxy_rules_duration_seconds_bucket{ip_family=\"IPv4\",le=\"0.002\"} 0",
        "kubeproxy_sync_proxy_rules_duration_seconds_bucket{ip_family=\"IPv4\",le=\"0.004\"} 1",
        "kubeproxy_sync_proxy_rules_duration_seconds_bucket{ip_family=\"IPv4\",le=\"16.384\"} 1",
        "kubeproxy_sync_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"} 1",
        "kubeproxy_sync_proxy_rules_duration_seconds_count{ip_family=\"IPv6\"} 0",
        "kubeproxy_sync_proxy_rules_last_timestamp_seconds{ip_family=\"IPv4\"} 1.767323045678E9",
        "kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds{ip_family=\"IPv6\"}"
            + " 1.767323045678E9",
        "kubeproxy_network_programming_duration_seconds_bucket{ip_family=\"IPv4\",le=\"1.0\"} 1",
        "kubeproxy_network_programming_duration_seconds_bucket{ip_family=\"IPv4\",le=\"300.0\"} 1");
  }

  @Test
  void theHistogramsHaveKubeProxysBuckets() {
    var _ = new SyncMetrics(registry, new SteppedClock(), ImmutableSet.of(Family.IPV4));

    // The bound +Inf comes on top of kube-proxy's 15 and of its 2 + 59 + 12 + 7.
    assertEquals(16, buckets("kubeproxy_sync_proxy_rules_duration_seconds_bucket"));
    assertEquals(81, buckets("kubeproxy_network_programming_duration_seconds_bucket"));
  }

  @Test
  void pendingChangesAreTakenAndTheTotalStays() {
    SyncMetrics metrics = new SyncMetrics(registry, new SteppedClock(), BOTH);
    metrics.serviceChanged();
    metrics.serviceChanged();
    metrics.endpointsChanged();
    assertShows(
        "kubeproxy_sync_proxy_rules_service_changes_pending 2.0",
        "kubeproxy_sync_proxy_rules_endpoint_changes_pending 1.0");

    metrics.changesTaken();

    assertShows(
        "kubeproxy_sync_proxy_rules_service_changes_pending 0.0",
        "kubeproxy_sync_proxy_rules_service_changes_total 2.0",
        "kubeproxy_sync_proxy_rules_endpoint_changes_pending 0.0",
        "kubeproxy_sync_proxy_rules_endpoint_changes_total 1.0");
  }

  @Test
  void servicesWithoutLocalEndpointsShowByPolicy() {
    SyncMetrics metrics = new SyncMetrics(registry, new SteppedClock(), BOTH);
    metrics.withoutLocalEndpoints(new NoLocalEndpoints(Family.IPV4, Policy.INTERNAL), 3);
    metrics.withoutLocalEndpoints(new NoLocalEndpoints(Family.IPV6, Policy.EXTERNAL), 2);
    metrics.withoutLocalEndpoints(new NoLocalEndpoints(Family.IPV6, Policy.EXTERNAL), 1);

    String name = "kubeproxy_sync_proxy_rules_no_local_endpoints_total";
    assertShows(
        "# TYPE " + name + " gauge",
        name + "{ip_family=\"IPv4\",traffic_policy=\"internal\"} 3.0",
        name + "{ip_family=\"IPv4\",traffic_policy=\"external\"} 0.0",
        name + "{ip_family=\"IPv6\",traffic_policy=\"external\"} 1.0");
  }

  @Test
  void kernelChangesAreCountedByKind() {
    KernelMetrics metrics = new KernelMetrics(registry, BOTH);
    metrics.applied(BIND);
    metrics.applied(BIND);
    metrics.failed(FILTER);
    metrics.repaired(BIND);
    metrics.programmed(Duration.ofMillis(5));
    metrics.audited(Duration.ofMillis(20));
    metrics.holds(Family.IPV6, 7, 70, 3);

    assertShows(
        "fairlead_kernel_changes_total{kind=\"bind_address\"} 2.0",
        "fairlead_kernel_changes_total{kind=\"remove_real_server\"} 0.0",
        "fairlead_kernel_change_failures_total{kind=\"replace_filter\"} 1.0",
        "fairlead_drift_repaired_total{kind=\"bind_address\"} 1.0",
        "fairlead_event_to_kernel_duration_seconds_bucket{le=\"0.008\"} 1",
        "fairlead_audit_duration_seconds_count 1",
        "fairlead_virtual_servers{ip_family=\"IPv6\"} 7.0",
        "fairlead_real_servers{ip_family=\"IPv6\"} 70.0",
        "fairlead_real_servers_draining{ip_family=\"IPv6\"} 3.0",
        "fairlead_virtual_servers{ip_family=\"IPv4\"} 0.0");
  }

  @Test
  void theSourceIsConnectedWhileAllThatItWatchesIs() {
    record Case(double connected, State services, State slices) {}

    for (Case row :
        List.of(
            new Case(1, State.WATCHING, State.WATCHING),
            new Case(1, State.LISTING, State.WATCHING),
            new Case(0, State.WATCHING, State.WAITING),
            new Case(0, State.CLOSED, State.CLOSED))) {
      registry.clear();
      SourceMetrics.register(registry, source(row.services(), row.slices()));

      assertShows("fairlead_source_connected " + row.connected());
    }
  }

  @Test
  void theSourceShowsTheSumOfItsResources() {
    SourceMetrics.register(registry, source(State.WATCHING, State.WATCHING));

    assertShows("fairlead_source_objects 10.0", "fairlead_source_failures_total 4.0");
  }

  /** Five objects and two failures of each kind. */
  private static Source source(State services, State slices) {
    return new StillSource(
        ImmutableList.of(
            new SourceStatus("services", services, 5, "17", 2, ""),
            new SourceStatus("endpointslices", slices, 5, "18", 2, "connection reset")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "process_resident_memory_bytes",
        "process_start_time_seconds",
        "process_cpu_seconds_total"
      })
  void theProcessShowsWhatEveryComponentShows(String name) {
    ProcessMetrics.register(registry, Path.of("/proc"));

    String line =
        registry.scrape().lines().filter(it -> it.startsWith(name + " ")).findFirst().orElse(name);
    double value = Double.parseDouble(line.substring(name.length()));
    assertTrue(value > 0, line);
  }

  @Test
  void aFamilyThatIsNotProxiedIsAProgrammingError() {
    SyncMetrics metrics =
        new SyncMetrics(registry, new SteppedClock(), ImmutableSet.of(Family.IPV4));

    assertThrows(IllegalArgumentException.class, () -> metrics.queued(Family.IPV6));
  }

  private long buckets(String name) {
    return registry.scrape().lines().filter(line -> line.startsWith(name)).count();
  }

  private void assertShows(String... lines) {
    String page = new MetricsPage(registry).get("").body();
    for (String line : lines) {
      assertTrue(page.lines().toList().contains(line), () -> line + "\nis not in\n" + page);
    }
  }
}
