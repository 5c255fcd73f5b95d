package io.fairlead.proxier.observe;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** {@code /metrics}: OpenMetrics to those who ask for it, else Prometheus's text format. */
record MetricsPage(PrometheusMeterRegistry registry) implements Page {
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  @Override
  public Answer get(String accept) {
    // Prometheus names OpenMetrics only if it prefers it, so weights need no reading.
    String format = accept.contains("application/openmetrics-text") ? OPEN_METRICS : PROMETHEUS;
    String text = registry.scrape(format);
    return new Answer(200, format, text.replace(SyncMetrics.NO_LOCAL, SyncMetrics.NO_LOCAL_SHOWN));
  }
}
