package io.fairlead.proxier.observe;

import com.google.common.collect.Maps;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.net.Family;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** What Fairlead does to the kernel and finds there. Names start with fairlead_. Thread-safe. */
public final class KernelMetrics {
  private final Timer eventToKernel;
  private final Timer audit;
  private final Map<ChangeKind, Counter> applied;
  private final Map<ChangeKind, Counter> failed;
  private final Map<ChangeKind, Counter> repaired;
  private final Map<Family, Holdings> holdings;

  public KernelMetrics(MeterRegistry registry, Set<Family> families) {
    eventToKernel =
        Timer.builder("fairlead.event_to_kernel_duration")
            .description("From the receipt of a cluster event until the kernel was programmed")
            .serviceLevelObjectives(Buckets.sync())
            .register(registry);
    audit =
        Timer.builder("fairlead.audit_duration")
            .description("How long it took to read the kernel back and compare")
            .serviceLevelObjectives(Buckets.sync())
            .register(registry);
    applied = perKind(registry, "fairlead.kernel_changes", "Changes that the kernel took");
    failed =
        perKind(registry, "fairlead.kernel_change_failures", "Changes that the kernel refused");
    repaired =
        perKind(
            registry,
            "fairlead.drift_repaired",
            "Changes made because the kernel was not as Fairlead had left it");
    holdings =
        Maps.immutableEnumMap(Maps.asMap(families, family -> new Holdings(registry, family)));
  }

  private static Map<ChangeKind, Counter> perKind(
      MeterRegistry registry, String name, String description) {
    return Maps.immutableEnumMap(
        Maps.toMap(
            Arrays.asList(ChangeKind.values()),
            kind ->
                Counter.builder(name)
                    .description(description)
                    .tag("kind", kind.label())
                    .register(registry)));
  }

  /** The kernel was programmed this long after an event was received. */
  public void programmed(Duration sinceEvent) {
    eventToKernel.record(sinceEvent);
  }

  /** The kernel was read back and compared in this time. */
  public void audited(Duration took) {
    audit.record(took);
  }

  /** The kernel took the change. */
  public void applied(Change change) {
    increment(applied, change);
  }

  /** The kernel refused the change. */
  public void failed(Change change) {
    increment(failed, change);
  }

  /** An audit found drift, and the kernel took this change to end it. */
  public void repaired(Change change) {
    increment(repaired, change);
  }

  private static void increment(Map<ChangeKind, Counter> counters, Change change) {
    Counter counter = counters.get(ChangeKind.of(change));
    if (counter != null) {
      counter.increment();
    }
  }

  /** The kernel now holds so many of this family, draining ones among the real servers. */
  public void holds(Family family, int virtualServers, int realServers, int draining) {
    Holdings now = holdings.get(family);
    if (now != null) {
      now.virtualServers.set(virtualServers);
      now.realServers.set(realServers);
      now.draining.set(draining);
    }
  }

  /** The gauges of one family. */
  private static final class Holdings {
    final AtomicLong virtualServers;
    final AtomicLong realServers;
    final AtomicLong draining;

    Holdings(MeterRegistry registry, Family family) {
      virtualServers =
          Gauges.number(
              registry, "fairlead.virtual_servers", "Virtual servers that Fairlead made", family);
      realServers =
          Gauges.number(registry, "fairlead.real_servers", "Real servers of these", family);
      draining =
          Gauges.number(
              registry,
              "fairlead.real_servers_draining",
              "Real servers that only keep the connections they have",
              family);
    }
  }
}
