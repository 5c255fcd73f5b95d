package io.fairlead.proxier.observe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Upper bounds of histogram buckets, those of kube-proxy's pkg/proxy/metrics. */
final class Buckets {
  private static final int SYNC_BUCKETS = 15;

  private Buckets() {}

  /** 1 ms, 2 ms, 4 ms ... 16.384 s. */
  static Duration[] sync() {
    Duration[] bounds = new Duration[SYNC_BUCKETS];
    for (int i = 0; i < SYNC_BUCKETS; i++) {
      bounds[i] = Duration.ofMillis(1L << i);
    }
    return bounds;
  }

  /** 0.25, 0.5, each second to 59, every 5 to 115, every 30 to 300. */
  static Duration[] networkProgramming() {
    List<Duration> bounds = new ArrayList<>();
    bounds.add(Duration.ofMillis(250));
    bounds.add(Duration.ofMillis(500));
    for (int seconds = 1; seconds < 60; seconds++) {
      bounds.add(Duration.ofSeconds(seconds));
    }
    for (int seconds = 60; seconds < 120; seconds += 5) {
      bounds.add(Duration.ofSeconds(seconds));
    }
    for (int seconds = 120; seconds <= 300; seconds += 30) {
      bounds.add(Duration.ofSeconds(seconds));
    }
    return bounds.toArray(Duration[]::new);
  }
}
