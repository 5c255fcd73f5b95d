package io.fairlead.core.reconcile;

import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.Family;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How much of ours the kernel holds, in one family.
 *
 * @param realServers draining ones included
 */
public record Holdings(int virtualServers, int realServers, int draining) {
  private static final Holdings NONE = new Holdings(0, 0, 0);

  private Holdings plus(Holdings other, int sign) {
    return new Holdings(
        virtualServers + sign * other.virtualServers,
        realServers + sign * other.realServers,
        draining + sign * other.draining);
  }

  /** Sums that are kept up to date virtual server by virtual server. */
  static final class Tally {
    private final Map<VirtualServerKey, Holdings> each = new HashMap<>();
    private final Map<Family, Holdings> sums = new EnumMap<>(Family.class);

    /**
     * Counts a virtual server anew.
     *
     * @param realServers empty if the kernel does not have the virtual server
     */
    void count(VirtualServerKey key, Optional<Integer> realServers, int draining) {
      Holdings now = realServers.map(n -> new Holdings(1, n, draining)).orElse(NONE);
      Optional<Holdings> before =
          Optional.ofNullable(realServers.isPresent() ? each.put(key, now) : each.remove(key));
      sums.put(key.family(), of(key.family()).plus(before.orElse(NONE), -1).plus(now, 1));
    }

    Holdings of(Family family) {
      return sums.getOrDefault(family, NONE);
    }
  }
}
