package io.fairlead.core.cluster;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Objects by name, and what those that changed were before. A change that is undone is no change,
 * as in kube-proxy's ServiceChangeTracker.
 */
final class Tracked<T> {
  private final Map<ObjectName, T> current = new HashMap<>();
  private Map<ObjectName, Optional<T>> before = new HashMap<>();

  Optional<T> get(ObjectName name) {
    return Optional.ofNullable(current.get(name));
  }

  Stream<T> all() {
    return current.values().stream();
  }

  /** Returns what was there. */
  Optional<T> put(ObjectName name, T object) {
    Optional<T> previous = Optional.ofNullable(current.put(name, object));
    note(name, previous);
    return previous;
  }

  /** Returns what was there. */
  Optional<T> remove(ObjectName name) {
    Optional<T> previous = Optional.ofNullable(current.remove(name));
    note(name, previous);
    return previous;
  }

  /** The names that changed since the last {@link #settle()}, each with what it was then. */
  Map<ObjectName, Optional<T>> pending() {
    return before;
  }

  /** Begins anew with a narrow map: one that has held a whole cluster costs that at each walk. */
  void settle() {
    if (!before.isEmpty()) {
      before = new HashMap<>();
    }
  }

  private void note(ObjectName name, Optional<T> previous) {
    before.putIfAbsent(name, previous);
    if (get(name).equals(before.get(name))) {
      before.remove(name);
    }
  }
}
