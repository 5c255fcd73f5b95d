package io.fairlead.proxier.sync;

import java.time.Duration;

/**
 * When the loop has to do what, in nanoseconds of a monotonic clock. Pure: the caller brings the
 * time.
 *
 * <p>The audit runs every {@code syncPeriod}, and sooner after a failure: 1 s, then twice as long
 * each time up to {@code syncPeriod}. Two passes for events are at least {@code minSyncPeriod}
 * apart, counted from the end of one to the start of the next, as kube-proxy's runner does since
 * 1.34.
 */
final class Timetable {
  private static final long FIRST_BACKOFF = Duration.ofSeconds(1).toNanos();

  private final long syncPeriod;
  private final long minSyncPeriod;
  private final long drainPeriod;
  private long auditAt;
  private long drainAt;
  private long eventsAt;
  private long backoff;

  Timetable(long now, Duration syncPeriod, Duration minSyncPeriod, Duration drainPeriod) {
    this.syncPeriod = syncPeriod.toNanos();
    this.minSyncPeriod = minSyncPeriod.toNanos();
    this.drainPeriod = drainPeriod.toNanos();
    this.auditAt = now;
    this.drainAt = now + this.drainPeriod;
    this.eventsAt = now;
    this.backoff = FIRST_BACKOFF;
  }

  boolean auditDue(long now) {
    return now - auditAt >= 0;
  }

  boolean drainDue(long now) {
    return now - drainAt >= 0;
  }

  boolean eventsDue(long now) {
    return now - eventsAt >= 0;
  }

  /** How long the loop may sleep when no event comes; never negative. */
  long idle(long now, boolean eventsPending, boolean draining) {
    long wait = auditAt - now;
    if (eventsPending) {
      wait = Math.min(wait, eventsAt - now);
    }
    if (draining) {
      wait = Math.min(wait, drainAt - now);
    }
    return Math.max(0, wait);
  }

  /** A pass is over. */
  void passed(long now) {
    eventsAt = now + minSyncPeriod;
  }

  /** Somebody wants the kernel read back at once. */
  void auditAsked(long now) {
    auditAt = now;
  }

  /** The kernel was read back, and all that differed is as it should be. */
  void audited(long now) {
    auditAt = now + syncPeriod;
    backoff = FIRST_BACKOFF;
  }

  /** Something failed: read the kernel back sooner than planned. */
  void failed(long now) {
    long soon = now + backoff;
    auditAt = auditDue(now) || soon - auditAt < 0 ? soon : auditAt;
    backoff = Math.min(backoff * 2, syncPeriod);
  }

  void drained(long now) {
    drainAt = now + drainPeriod;
  }
}
