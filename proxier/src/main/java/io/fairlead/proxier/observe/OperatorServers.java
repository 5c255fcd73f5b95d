package io.fairlead.proxier.observe;

import com.google.common.collect.ImmutableMap;
import io.fairlead.proxier.observe.Page.Answer;
import io.fairlead.proxier.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** The two HTTP servers that kube-proxy has: one for health, one for metrics. */
public final class OperatorServers implements AutoCloseable {
  // kube-proxy's pause between attempts to bind (serveHealthz and serveMetrics in server.go).
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final Optional<HttpListener> healthz;
  private final Optional<HttpListener> metrics;

  private OperatorServers(Optional<HttpListener> healthz, Optional<HttpListener> metrics) {
    this.healthz = healthz;
    this.metrics = metrics;
  }

  /**
   * Starts those that have an address, in the calling thread's network namespace.
   *
   * @param more pages of the metrics server beside its own, by path
   * @throws IOException if an address cannot be bound and the settings call that fatal
   */
  public static OperatorServers start(
      Settings.Servers settings,
      Health health,
      PrometheusMeterRegistry registry,
      ImmutableMap<String, Page> more)
      throws IOException {
    return start(settings, health, registry, more, RETRY);
  }

  static OperatorServers start(
      Settings.Servers settings,
      Health health,
      PrometheusMeterRegistry registry,
      ImmutableMap<String, Page> more,
      Duration retry)
      throws IOException {
    OperatorServers servers =
        new OperatorServers(
            settings
                .healthz()
                .map(at -> new HttpListener("healthz", at, healthPages(health, registry), retry)),
            settings
                .metrics()
                .map(at -> new HttpListener("metrics", at, metricsPages(registry, more), retry)));
    try {
      servers.startEach(settings.hardFail());
    } catch (IOException e) {
      servers.close();
      throw e;
    }
    return servers;
  }

  private void startEach(boolean hardFail) throws IOException {
    if (healthz.isPresent()) {
      healthz.get().start(hardFail);
    }
    if (metrics.isPresent()) {
      metrics.get().start(hardFail);
    }
  }

  private static ImmutableMap<String, Page> healthPages(Health health, MeterRegistry registry) {
    return ImmutableMap.of(
        "/healthz",
        new HealthPage(
            "healthz", health, registry, HealthReport::isReady, HealthReport::healthzJson),
        "/livez",
        new HealthPage("livez", health, registry, HealthReport::isLive, HealthReport::livezJson));
  }

  private static ImmutableMap<String, Page> metricsPages(
      PrometheusMeterRegistry registry, ImmutableMap<String, Page> more) {
    return ImmutableMap.<String, Page>builder()
        .put("/metrics", new MetricsPage(registry))
        .put("/healthz", _ -> Answer.text(200, "ok"))
        .put("/proxyMode", _ -> Answer.text(200, "ipvs"))
        .putAll(more)
        .buildOrThrow();
  }

  /** The healthz server, if it is on. */
  public Optional<HttpListener> healthz() {
    return healthz;
  }

  /** The metrics server, if it is on. */
  public Optional<HttpListener> metrics() {
    return metrics;
  }

  @Override
  public void close() {
    healthz.ifPresent(HttpListener::close);
    metrics.ifPresent(HttpListener::close);
  }
}
