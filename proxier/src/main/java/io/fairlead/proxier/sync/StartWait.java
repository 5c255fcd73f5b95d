package io.fairlead.proxier.sync;

import java.time.Duration;

/**
 * When to say that the start still waits, in nanoseconds of a monotonic clock: every minute. Pure:
 * the caller brings the time.
 */
final class StartWait {
  private static final long EVERY = Duration.ofMinutes(1).toNanos();

  private final long began;
  private long nextAt;

  StartWait(long now) {
    this.began = now;
    this.nextAt = now + EVERY;
  }

  boolean isDue(long now) {
    return now - nextAt >= 0;
  }

  /** Is being said now. Returns how long the start has waited. */
  Duration told(long now) {
    nextAt = now + EVERY;
    return Duration.ofNanos(now - began);
  }

  /** How long nothing is to be said; never negative. */
  long idle(long now) {
    return Math.max(0, nextAt - now);
  }
}
