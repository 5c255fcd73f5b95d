package io.fairlead.ipvs;

import io.fairlead.netlink.MessageWriter;

/** Statistics as ip_vs_genl_fill_stats and ip_vs_genl_fill_stats64 write them. */
final class FakeStatistics {
  private static final int STATS = 10;
  private static final int STATS64 = 12;
  private static final int PAD = 11;

  private FakeStatistics() {}

  static void write(MessageWriter out) {
    int nest = out.openNest(STATS);
    for (int type = 1; type <= 10; type++) {
      if (type == 4 || type == 5) { // bytes in and out are of 64 bits in the old form too
        out.u64(type, 0);
      } else {
        out.u32(type, 0);
      }
    }
    out.closeNest(nest);
    nest = out.openNest(STATS64);
    for (int type = 1; type <= 10; type++) {
      out.u64(type, 0).flag(PAD);
    }
    out.closeNest(nest);
  }
}
