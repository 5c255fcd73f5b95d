package io.fairlead.ipvs;

/**
 * What the kernel counted for a virtual or a real server.
 *
 * @param total since it was made, or since its counters were zeroed
 * @param perSecond the kernel's running estimate, renewed every two seconds; zero where estimation
 *     is off
 */
public record Statistics(Counters total, Counters perSecond) {
  public static final Statistics NONE = new Statistics(Counters.ZERO, Counters.ZERO);

  /** Connections scheduled, and packets and bytes from (in) and to (out) the clients. */
  public record Counters(
      long connections, long packetsIn, long packetsOut, long bytesIn, long bytesOut) {
    public static final Counters ZERO = new Counters(0, 0, 0, 0, 0);
  }
}
