package io.fairlead.proxier.observe;

import com.google.common.collect.Maps;
import io.fairlead.core.net.Family;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the sync loop does, under kube-proxy's metric names, so that its dashboards and alerts keep
 * working. Every meter is looked up once, here; recording allocates nothing. Thread-safe.
 */
public final class SyncMetrics {
  private final InstantSource clock;
  private final Map<Family, OfFamily> families;
  private final PendingChanges services;
  private final PendingChanges endpoints;

  public SyncMetrics(MeterRegistry registry, InstantSource clock, Set<Family> families) {
    this.clock = clock;
    this.families =
        Maps.immutableEnumMap(Maps.asMap(families, family -> new OfFamily(registry, family)));
    this.services = new PendingChanges(registry, "service");
    this.endpoints = new PendingChanges(registry, "endpoint");
  }

  /** A sync of this family was asked for. */
  public void queued(Family family) {
    of(family).lastQueuedMillis.set(clock.millis());
  }

  /** A sync of this family succeeded, after this long. */
  public void synced(Family family, Duration took) {
    OfFamily meters = of(family);
    meters.syncDuration.record(took);
    meters.lastSyncedMillis.set(clock.millis());
  }

  /** This long after a change in the cluster, the kernel knew of it. */
  public void programmed(Family family, Duration sinceChange) {
    of(family).networkProgramming.record(sinceChange);
  }

  /** A Service changed; the kernel does not know yet. */
  public void serviceChanged() {
    services.changed();
  }

  /** An EndpointSlice changed; the kernel does not know yet. */
  public void endpointsChanged() {
    endpoints.changed();
  }

  /** A sync took up all changes so far. */
  public void changesTaken() {
    services.taken();
    endpoints.taken();
  }

  private OfFamily of(Family family) {
    OfFamily meters = families.get(family);
    if (meters == null) {
      throw new IllegalArgumentException(family.label() + " is not a family of this proxy");
    }
    return meters;
  }

  /** The meters of one family. */
  private static final class OfFamily {
    final Timer syncDuration;
    final Timer networkProgramming;
    final AtomicLong lastSyncedMillis;
    final AtomicLong lastQueuedMillis;

    OfFamily(MeterRegistry registry, Family family) {
      syncDuration =
          Timer.builder("kubeproxy.sync_proxy_rules_duration")
              .description("How long one sync took")
              .tag("ip_family", family.label())
              .serviceLevelObjectives(Buckets.sync())
              .register(registry);
      networkProgramming =
          Timer.builder("kubeproxy.network_programming_duration")
              .description("How long after a change in the cluster the kernel knew of it")
              .tag("ip_family", family.label())
              .serviceLevelObjectives(Buckets.networkProgramming())
              .register(registry);
      lastSyncedMillis =
          Gauges.timestamp(
              registry,
              "kubeproxy.sync_proxy_rules_last_timestamp",
              "When the last sync succeeded",
              family);
      lastQueuedMillis =
          Gauges.timestamp(
              registry,
              "kubeproxy.sync_proxy_rules_last_queued_timestamp",
              "When a sync was last asked for",
              family);
    }
  }
}
