package io.fairlead.proxier.observe;

import io.fairlead.core.net.Family;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.AtomicLong;

/** Gauges that show a number which the caller holds and sets. */
final class Gauges {
  private Gauges() {}

  /** A gauge without labels. */
  static AtomicLong number(MeterRegistry registry, String name, String description) {
    return number(registry, name, description, Tags.empty());
  }

  /** A gauge of one family. */
  static AtomicLong number(MeterRegistry registry, String name, String description, Family family) {
    return number(registry, name, description, Tags.of("ip_family", family.label()));
  }

  /** A gauge with these labels. */
  static AtomicLong number(MeterRegistry registry, String name, String description, Tags tags) {
    AtomicLong number = new AtomicLong();
    // A weak reference would let the gauge read NaN once the caller had gone.
    Gauge.builder(name, number, AtomicLong::doubleValue)
        .description(description)
        .tags(tags)
        .strongReference(true)
        .register(registry);
    return number;
  }

  /** A point in time: set in milliseconds since 1970, shown in seconds. */
  static AtomicLong timestamp(
      MeterRegistry registry, String name, String description, Family family) {
    AtomicLong millis = new AtomicLong();
    Gauge.builder(name, millis, it -> it.doubleValue() / 1000)
        .description(description)
        .baseUnit("seconds")
        .tag("ip_family", family.label())
        .strongReference(true)
        .register(registry);
    return millis;
  }
}
