package io.fairlead.ipvs;

import io.fairlead.core.dataplane.Forwarding;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;

/**
 * Real servers as two numbers, whatever order they come in: how many, and the sum of their hashes.
 * Lists that differ look alike once in 2^64.
 */
final class Print {
  private int count;
  private long sum;

  void clear() {
    count = 0;
    sum = 0;
  }

  void add(VirtualServer server) {
    var addresses = server.realServers().keySet().asList();
    var options = server.realServers().values().asList();
    for (int i = 0; i < addresses.size(); i++) {
      add(addresses.get(i), options.get(i));
    }
  }

  private void add(RealServer server, RealServerOptions options) {
    IpAddress address = server.address();
    add(
        address.family(),
        address.hi(),
        address.lo(),
        server.port(),
        listed(options.forwarding()),
        options.weight());
  }

  /** Adds what the listing tells of a real server. */
  void add(Family family, long hi, long lo, int port, int forwarding, int weight) {
    long rest = (long) weight << 32 | (long) family.bits() << 20 | forwarding << 16 | port;
    sum += mixed(mixed(mixed(hi) + lo) + rest);
    count++;
  }

  boolean isLike(Print other) {
    return count == other.count && sum == other.sum;
  }

  /** The listing calls what it does not know by the name of masquerading. */
  private static int listed(Forwarding forwarding) {
    return forwarding == Forwarding.BYPASS ? 0 : forwarding.number();
  }

  /** The finalizer of SplitMix64: every bit of the result depends on every bit of the number. */
  private static long mixed(long number) {
    long z = number + 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
