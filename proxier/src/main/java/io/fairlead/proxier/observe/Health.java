package io.fairlead.proxier.observe;

import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.Node;
import io.fairlead.core.net.Family;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * Whether the proxy keeps up and its node should get traffic, by the rules of kube-proxy's
 * ProxyHealthServer. A family is healthy unless an update has been pending for two sync periods;
 * one that has nothing to do is healthy. Start-up counts as an update.
 *
 * <p>Thread-safe: the sync loop tells, HTTP handlers ask.
 */
public final class Health {
  private final InstantSource clock;
  private final Duration patience;
  private final ImmutableSet<Family> families;

  // All three guarded by this.
  private final Map<Family, Instant> lastUpdated = new EnumMap<>(Family.class);
  private final Map<Family, Instant> oldestPending = new EnumMap<>(Family.class);
  private boolean nodeEligible = true;

  public Health(InstantSource clock, Duration syncPeriod, Set<Family> families) {
    this.clock = clock;
    this.patience = syncPeriod.multipliedBy(2);
    this.families = ImmutableSet.copyOf(families);
    this.families.forEach(this::updated);
  }

  /** An update of this family was asked for; only the oldest request without answer counts. */
  public synchronized void queued(Family family) {
    oldestPending.putIfAbsent(family, clock.instant());
  }

  /** Everything asked for so far in this family is in the kernel. */
  public synchronized void updated(Family family) {
    oldestPending.remove(family);
    lastUpdated.put(family, clock.instant());
  }

  /** The own Node looks like this. Until the first word of it, the node counts as eligible. */
  public synchronized void nodeApplied(Node node) {
    nodeEligible = node.eligible();
  }

  /** The own Node is gone, and with it the reason to send this machine anything. */
  public synchronized void nodeRemoved() {
    nodeEligible = false;
  }

  /** How things stand now. */
  public synchronized HealthReport report() {
    Instant now = clock.instant();
    Map<Family, HealthReport.OfFamily> status = new EnumMap<>(Family.class);
    for (Family family : families) {
      Instant pending = oldestPending.getOrDefault(family, now);
      boolean healthy = Duration.between(pending, now).compareTo(patience) < 0;
      Instant updated = lastUpdated.getOrDefault(family, now);
      status.put(family, new HealthReport.OfFamily(updated, healthy));
    }
    return new HealthReport(now, nodeEligible, status);
  }
}
