package io.fairlead.proxier.observe;

import com.google.common.collect.Maps;
import io.fairlead.core.net.Family;
import io.fairlead.core.plan.ServicePlan.NoLocalEndpoints;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
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
  /**
   * kube-proxy has a gauge whose name ends like a counter's. Prometheus's library lets no gauge end
   * so, and {@link MetricsPage} puts it right.
   */
  static final String NO_LOCAL = "kubeproxy_sync_proxy_rules_no_local_endpoints";

  static final String NO_LOCAL_SHOWN = NO_LOCAL + "_total";

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

  /** So many Services of this family have endpoints, and a traffic policy that keeps to none. */
  public void withoutLocalEndpoints(NoLocalEndpoints policy, int services) {
    OfFamily meters = of(policy.family());
    switch (policy.policy()) {
      case INTERNAL -> meters.noLocalInternal.set(services);
      case EXTERNAL -> meters.noLocalExternal.set(services);
    }
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
    final AtomicLong noLocalInternal;
    final AtomicLong noLocalExternal;

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
      noLocalInternal = noLocal(registry, family, "internal");
      noLocalExternal = noLocal(registry, family, "external");
    }

    private static AtomicLong noLocal(MeterRegistry registry, Family family, String policy) {
      return Gauges.number(
          registry,
          NO_LOCAL,
          "Services whose traffic policy is Local, with endpoints on other nodes only",
          Tags.of("ip_family", family.label(), "traffic_policy", policy));
    }
  }
}
