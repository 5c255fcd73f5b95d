package io.fairlead.proxier.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * The three process_* metrics that every Kubernetes component has and dashboards use. They are read
 * when scraped; the JVM's own metrics are left out, since their beans cost memory for good.
 */
public final class ProcessMetrics {
  private static final String RESIDENT = "VmRSS:";

  private ProcessMetrics() {}

  /**
   * Adds them.
   *
   * @param proc {@code /proc}
   */
  public static void register(MeterRegistry registry, Path proc) {
    ProcessHandle.Info self = ProcessHandle.current().info();
    double start = self.startInstant().map(Instant::getEpochSecond).orElse(0L);
    Gauge.builder("process.resident_memory", () -> residentBytes(proc))
        .description("Resident memory")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("process.start_time", () -> start)
        .description("When the process started, since 1970")
        .baseUnit("seconds")
        .register(registry);
    FunctionCounter.builder("process.cpu", registry, _ -> cpuSeconds())
        .description("User and system CPU time")
        .baseUnit("seconds")
        .register(registry);
  }

  private static double cpuSeconds() {
    Duration used = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    return used.toMillis() / 1000.0;
  }

  /** {@code VmRSS: 81234 kB} of /proc/self/status, in bytes; NaN if it is not there. */
  private static double residentBytes(Path proc) {
    try {
      return Files.readString(proc.resolve("self/status"))
          .lines()
          .filter(line -> line.startsWith(RESIDENT) && line.endsWith(" kB"))
          .mapToDouble(ProcessMetrics::kibibytes)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException | NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static double kibibytes(String line) {
    return 1024.0
        * Long.parseLong(line.substring(RESIDENT.length(), line.length() - " kB".length()).strip());
  }
}
