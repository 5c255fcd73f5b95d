package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which real servers only wait for their connections to end, and since when. */
final class Drains {
  /**
   * How long an address outlives the connections that were cut on it: a client that sends within
   * this time is told by a reset, and one whose first packet the kernel drops sends again.
   */
  static final Duration TELLING = Duration.ofSeconds(15);

  private final Duration limit;
  private final Map<VirtualServerKey, Map<RealServer, Long>> since = new HashMap<>();
  private final Map<VirtualServerKey, Long> cut = new HashMap<>();
  private final KeySet keys = new KeySet();

  /** Those of the keys that go by a mark: few, and asked about for each of the others. */
  private final Set<VirtualServerKey.Marked> marked = new HashSet<>();

  /**
   * @param limit how long a real server may drain; zero is for ever
   */
  Drains(Duration limit) {
    this.limit = limit;
  }

  /**
   * Sees to it that exactly these real servers of a virtual server drain.
   *
   * @param watched whether it is one of {@link #keys} even without any
   * @param now nanoseconds of a monotonic clock
   */
  void keep(VirtualServerKey key, Set<RealServer> leaving, boolean watched, long now) {
    boolean isIn = watched || !leaving.isEmpty();
    keys.keep(key, isIn);
    if (key instanceof VirtualServerKey.Marked byMark) {
      if (isIn) {
        marked.add(byMark);
      } else {
        marked.remove(byMark);
      }
    }
    if (!watched) {
      cut.remove(key);
    }
    if (leaving.isEmpty()) {
      since.remove(key);
      return;
    }
    Map<RealServer, Long> held = since.computeIfAbsent(key, _ -> new HashMap<>());
    held.keySet().retainAll(leaving);
    leaving.forEach(server -> held.putIfAbsent(server, now));
  }

  /** Whether there are no {@link #keys}. */
  boolean isEmpty() {
    return keys.isEmpty();
  }

  /** The virtual servers whose connections have to be counted now and then. */
  ImmutableSet<VirtualServerKey> keys() {
    return inOrder(keys.copy());
  }

  /** Those of {@link #keys} that go by a mark. */
  Set<VirtualServerKey.Marked> marked() {
    return Collections.unmodifiableSet(marked);
  }

  /** Marks first: the addresses that they serve can go only after them. */
  static ImmutableSet<VirtualServerKey> inOrder(Set<VirtualServerKey> keys) {
    var ordered = ImmutableSet.<VirtualServerKey>builderWithExpectedSize(keys.size());
    keys.stream().filter(Drains::isMarked).forEach(ordered::add);
    return ordered.addAll(keys).build();
  }

  private static boolean isMarked(VirtualServerKey key) {
    return key instanceof VirtualServerKey.Marked;
  }

  /** The real servers of a virtual server that drain. */
  Set<RealServer> of(VirtualServerKey key) {
    return since.getOrDefault(key, Map.of()).keySet();
  }

  /** Whether a real server that drains has had its time. */
  boolean isOver(VirtualServerKey key, RealServer server, long now) {
    long began = since.getOrDefault(key, Map.of()).getOrDefault(server, now);
    return !limit.isZero() && now - began >= limit.toNanos();
  }

  /** Takes note that connections of a virtual server are cut, because their time is over. */
  void cut(VirtualServerKey key, long now) {
    cut.put(key, now);
  }

  /** Whether clients of cut connections may still have to be told. */
  boolean isTelling(VirtualServerKey key, long now) {
    Long at = cut.get(key);
    return at != null && now - at < TELLING.toNanos();
  }
}
