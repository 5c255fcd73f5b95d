package io.fairlead.core.dataplane;

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

  /** Masquerading with this weight and no thresholds; 0 and 1 are shared instances. */
  public static RealServerOptions masquerade(int weight) {
    return switch (weight) {
      case 0 -> DRAINING;
      case 1 -> SERVING;
      default -> new RealServerOptions(weight, Forwarding.MASQUERADE, 0, 0);
    };
  }
}
