package io.fairlead.ipvs;

import io.fairlead.netlink.Attributes;

/** Reads STATS, whose counters are of 32 and 64 bits, and STATS64, whose counters are all of 64. */
final class StatisticsReader {
  /** The ten counters follow each other in the kernel's enumeration: five totals, five rates. */
  private static final int COUNTERS = Abi.STATS_OUTBPS;

  private StatisticsReader() {}

  static Statistics read(Attributes in) {
    long[] counters = new long[COUNTERS + 1];
    while (in.next()) {
      if (in.type() >= Abi.STATS_CONNS && in.type() <= COUNTERS) {
        counters[in.type()] = counter(in);
      }
    }
    return new Statistics(group(counters, Abi.STATS_CONNS), group(counters, Abi.STATS_CPS));
  }

  private static long counter(Attributes in) {
    return in.length() == Integer.BYTES ? Integer.toUnsignedLong(in.u32()) : in.u64();
  }

  private static Statistics.Counters group(long[] c, int first) {
    return new Statistics.Counters(
        c[first], c[first + 1], c[first + 2], c[first + 3], c[first + 4]);
  }
}
