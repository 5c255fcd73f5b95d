package io.fairlead.proxier.source.kubernetes;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait after the n-th failure in a row: doubling, and never in step with others. */
final class Backoff {
  private final Duration base;
  private final Duration cap;
  private final RandomGenerator random;
  private int failures;

  Backoff(Duration base, Duration cap, RandomGenerator random) {
    this.base = base;
    this.cap = cap;
    this.random = random;
  }

  /** The next wait, between half and all of base × 2ⁿ or the cap. */
  Duration next() {
    int doublings = Math.min(failures++, 30); // 2³⁰ times anything is beyond any cap
    long nanos = Math.min(cap.toNanos(), saturatedShift(base.toNanos(), doublings));
    return Duration.ofNanos(nanos / 2 + random.nextLong(nanos / 2 + 1));
  }

  /** Something worked. */
  void reset() {
    failures = 0;
  }

  private static long saturatedShift(long value, int places) {
    return value > Long.MAX_VALUE >> places ? Long.MAX_VALUE : value << places;
  }
}
