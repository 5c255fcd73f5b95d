package io.fairlead.core.dataplane;

import org.jspecify.annotations.Nullable;

/**
 * What can change in place about a real server.
 *
 * @param weight 0 sends it no new connections and keeps those it has
 * @param upperThreshold connections above which it gets no more; 0 is no limit
 * @param lowerThreshold connections below which it gets more again
 */
public record RealServerOptions(
    int weight, Forwarding forwarding, int upperThreshold, int lowerThreshold) {
  private static final RealServerOptions SERVING =
      new RealServerOptions(1, Forwarding.MASQUERADE, 0, 0);
  private static final RealServerOptions DRAINING =
      new RealServerOptions(0, Forwarding.MASQUERADE, 0, 0);

  public RealServerOptions {
    if (weight < 0) {
      throw new IllegalArgumentException("weight " + weight + " is negative");
    }
  }

  @Override
  public int hashCode() {
    return 31 * (31 * (31 * weight + upperThreshold) + lowerThreshold) + forwarding.number();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof RealServerOptions it
            && weight == it.weight
            && upperThreshold == it.upperThreshold
            && lowerThreshold == it.lowerThreshold
            && forwarding == it.forwarding);
  }

  /** Masquerading with this weight and no thresholds; 0 and 1 are shared instances. */
  public static RealServerOptions masquerade(int weight) {
    return switch (weight) {
      case 0 -> DRAINING;
      case 1 -> SERVING;
      default -> new RealServerOptions(weight, Forwarding.MASQUERADE, 0, 0);
    };
  }
}
