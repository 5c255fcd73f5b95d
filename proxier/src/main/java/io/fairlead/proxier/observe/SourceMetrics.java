package io.fairlead.proxier.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** How the source of Services and endpoints fares. Thread-safe. */
public final class SourceMetrics {
  private final AtomicLong connected;
  private final Counter relists;
  private final Counter decodeProblems;

  public SourceMetrics(MeterRegistry registry) {
    connected =
        Gauges.number(
            registry, "fairlead.source_connected", "1 while the source can be read, else 0");
    relists =
        Counter.builder("fairlead.source_relists")
            .description("Times that everything was read anew after a watch broke")
            .register(registry);
    decodeProblems =
        Counter.builder("fairlead.source_decode_problems")
            .description("Objects or fields that made no sense and were skipped")
            .register(registry);
  }

  /** The source can be read. */
  public void connected() {
    connected.set(1);
  }

  /** The source cannot be read; the kernel stays as it is. */
  public void disconnected() {
    connected.set(0);
  }

  public void relisted() {
    relists.increment();
  }

  /** An object or field was skipped. */
  public void decodeProblem() {
    decodeProblems.increment();
  }
}
