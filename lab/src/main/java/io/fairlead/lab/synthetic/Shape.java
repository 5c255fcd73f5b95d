package io.fairlead.lab.synthetic;

import java.util.SplittableRandom;

/**
 * What a cluster is made of. The same shape and number give the same Service each time, so nothing
 * of a cluster has to be kept to know any part of it.
 */
public sealed interface Shape {
  /** How many Services. */
  int services();

  /**
   * All alike: a ClusterIP and one TCP port, with this many ready endpoints each. What floors and
   * other proxies are measured with.
   */
  record Uniform(int services, int endpoints) implements Shape {}

  /**
   * As clusters are found: most Services have one to four endpoints and a few have hundreds; there
   * are node ports, load balancers, traffic policies, affinity, source ranges, UDP, a second
   * family, and endpoints that are not ready or terminating.
   */
  record Realistic(int services, long seed) implements Shape {
    /** The numbers that decide about one Service. */
    SplittableRandom dice(int service) {
      return new SplittableRandom(seed * 1_000_003 + service);
    }
  }
}
