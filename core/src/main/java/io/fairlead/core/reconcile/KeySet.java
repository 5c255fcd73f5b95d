package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.VirtualServerKey;
import java.util.HashSet;
import java.util.Set;

/** Some of the virtual servers. Readers share one copy, made anew only if keys came or went. */
final class KeySet {
  private final Set<VirtualServerKey> keys = new HashSet<>();
  private ImmutableSet<VirtualServerKey> copy = ImmutableSet.of();
  private boolean stale;

  /** Sees to it that the key is in the set, or is not; true if that was news. */
  boolean keep(VirtualServerKey key, boolean isIn) {
    boolean changed = isIn ? keys.add(key) : keys.remove(key);
    stale |= changed;
    return changed;
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }

  ImmutableSet<VirtualServerKey> copy() {
    if (stale) {
      copy = ImmutableSet.copyOf(keys);
      stale = false;
    }
    return copy;
  }
}
