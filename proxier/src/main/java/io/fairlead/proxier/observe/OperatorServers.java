package io.fairlead.proxier.observe;

import com.google.common.collect.ImmutableMap;
import io.fairlead.proxier.observe.Page.Answer;
import io.fairlead.proxier.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

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
   * @param services the text of /services: which Service each virtual server is for
   * @throws IOException if an address cannot be bound and the settings call that fatal
   */
  public static OperatorServers start(
      Settings.Servers settings,
      Health health,
      PrometheusMeterRegistry registry,
      Supplier<String> services)
      throws IOException {
    return start(settings, health, registry, services, RETRY);
  }

  static OperatorServers start(
      Settings.Servers settings,
      Health health,
      PrometheusMeterRegistry registry,
      Supplier<String> services,
      Duration retry)
      throws IOException {
    OperatorServers servers =
        new OperatorServers(
            settings
                .healthz()
                .map(at -> new HttpListener("healthz", at, healthPages(health, registry), retry)),
            settings
                .metrics()
                .map(at ->
                    new HttpListener("metrics", at, metricsPages(registry, services), retry)));
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
      PrometheusMeterRegistry registry, Supplier<String> services) {
    return ImmutableMap.of(
        "/metrics", new MetricsPage(registry),
        "/healthz", _ -> Answer.text(200, "ok"),
        "/services", _ -> Answer.text(200, services.get()),
        "/proxyMode", _ -> Answer.text(200, "ipvs"));
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
