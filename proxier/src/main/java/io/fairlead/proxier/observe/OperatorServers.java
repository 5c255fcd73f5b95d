package io.fairlead.proxier.observe;

import com.google.common.collect.ImmutableMap;
import io.fairlead.proxier.observe.Page.Answer;
import io.fairlead.proxier.settings.Settings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

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
   * @throws IOException if an address cannot be bound and the settings call that fatal
   */
  public static OperatorServers start(
      Settings.Servers settings, Health health, PrometheusMeterRegistry registry)
      throws IOException {
    return start(settings, health, registry, RETRY);
  }

  static OperatorServers start(
      Settings.Servers settings, Health health, PrometheusMeterRegistry registry, Duration retry)
      throws IOException {
    OperatorServers servers =
        new OperatorServers(
            settings
                .healthz()
                .map(at -> new HttpListener("healthz", at, healthPages(health, registry), retry)),
            settings
                .metrics()
                .map(at -> new HttpListener("metrics", at, metricsPages(registry), retry)));
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

  private static ImmutableMap<String, Page> metricsPages(PrometheusMeterRegistry registry) {
    return ImmutableMap.of(
        "/metrics", new MetricsPage(registry),
        "/healthz", _ -> Answer.text(200, "ok"),
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

  /** A health report as a page: 200 or 503, counted as kube-proxy counts them. */
  private static final class HealthPage implements Page {
    private final Health health;
    private final Predicate<HealthReport> good;
    private final Function<HealthReport, String> body;
    private final Counter answered200;
    private final Counter answered503;

    HealthPage(
        String name,
        Health health,
        MeterRegistry registry,
        Predicate<HealthReport> good,
        Function<HealthReport, String> body) {
      this.health = health;
      this.good = good;
      this.body = body;
      this.answered200 = counter(registry, name, 200);
      this.answered503 = counter(registry, name, 503);
    }

    private static Counter counter(MeterRegistry registry, String name, int code) {
      return Counter.builder("kubeproxy.proxy_" + name)
          .description("Answers of /" + name)
          .tag("code", Integer.toString(code))
          .register(registry);
    }

    @Override
    public Answer get(String accept) {
      HealthReport report = health.report();
      boolean ok = good.test(report);
      (ok ? answered200 : answered503).increment();
      return Answer.json(ok ? 200 : 503, body.apply(report));
    }
  }
}
