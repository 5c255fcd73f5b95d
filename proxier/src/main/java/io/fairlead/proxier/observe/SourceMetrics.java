package io.fairlead.proxier.observe;

import io.fairlead.proxier.source.Source;
import io.fairlead.proxier.source.SourceStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** How the source of Services and endpoints fares; asked for when somebody looks. */
public final class SourceMetrics {
  private SourceMetrics() {}

  /** Registers the metrics of {@code source}, which must outlive the registry. */
  public static void register(MeterRegistry registry, Source source) {
    Gauge.builder("fairlead.source_connected", source, it -> connected(it) ? 1 : 0)
        .description("1 while everything that is watched can be read, else 0")
        .strongReference(true)
        .register(registry);
    Gauge.builder("fairlead.source_objects", source, SourceMetrics::objects)
        .description("Objects that are known and in use")
        .strongReference(true)
        .register(registry);
    FunctionCounter.builder("fairlead.source_failures", source, SourceMetrics::failures)
        .description("Times that reading was broken off by an error")
        .register(registry);
  }

  private static boolean connected(Source source) {
    return source.status().stream()
        .noneMatch(resource ->
            switch (resource.state()) {
              case WAITING, CLOSED -> true;
              case LISTING, WATCHING -> false;
            });
  }

  private static double objects(Source source) {
    return source.status().stream().mapToInt(SourceStatus::objects).sum();
  }

  private static double failures(Source source) {
    return source.status().stream().mapToLong(SourceStatus::failures).sum();
  }
}
