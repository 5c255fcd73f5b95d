package io.fairlead.proxier.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** Changes of one kind of object: how many ever, and how many that no sync has taken up. */
final class PendingChanges {
  private final Counter total;
  private final AtomicLong pending;

  /**
   * @param object {@code service} or {@code endpoint}, as kube-proxy's metrics call them
   */
  PendingChanges(MeterRegistry registry, String object) {
    String name = "kubeproxy.sync_proxy_rules_" + object + "_changes";
    total =
        Counter.builder(name)
            .description("Changes of " + object + "s ever seen")
            .register(registry);
    pending =
        Gauges.number(
            registry, name + "_pending", "Changes of " + object + "s that no sync has taken up");
  }

  void changed() {
    total.increment();
    pending.incrementAndGet();
  }

  void taken() {
    pending.set(0);
  }
}
