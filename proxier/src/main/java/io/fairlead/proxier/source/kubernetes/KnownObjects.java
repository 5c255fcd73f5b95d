package io.fairlead.proxier.source.kubernetes;

import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.proxier.source.decode.Decoded;
import io.fairlead.proxier.source.decode.ObjectKind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The names and versions of the objects that have been reported: just enough to tell, after a new
 * list, which are gone and which are as they were.
 */
final class KnownObjects {
  private static final int MOST_DIGITS = 18; // any such number is a long

  private final ObjectKind kind;
  private final Consumer<ClusterEvent> events;

  /** As {@link #compact} has them. */
  private final Map<ObjectName, Object> versions = new HashMap<>();

  private final Set<ObjectName> unseen = new HashSet<>();

  KnownObjects(ObjectKind kind, Consumer<ClusterEvent> events) {
    this.kind = kind;
    this.events = events;
  }

  int size() {
    return versions.size();
  }

  /** From here to {@link #endList}, every object that still exists is going to be applied. */
  void beginList() {
    unseen.clear();
    unseen.addAll(versions.keySet());
  }

  /** The object is as {@code object} says; reports it unless that version has been reported. */
  void applied(Decoded object) {
    unseen.remove(object.name());
    if (object.applied().isEmpty()) {
      removed(object.name());
    } else if (isNews(object)) {
      // In this order: what the listener failed to take is not known, and comes again.
      events.accept(object.applied().get());
      versions.put(object.name(), compact(object.resourceVersion()));
    }
  }

  /** The object is gone; reports that if it was known. */
  void removed(ObjectName name) {
    unseen.remove(name);
    if (versions.containsKey(name)) {
      events.accept(kind.removed(name));
      versions.remove(name);
    }
  }

  /** The list is complete: what it did not have is gone. Gives the names of those. */
  Set<ObjectName> endList() {
    Set<ObjectName> gone = Set.copyOf(unseen);
    gone.forEach(this::removed);
    return gone;
  }

  private boolean isNews(Decoded object) {
    return object.resourceVersion().isEmpty()
        || !compact(object.resourceVersion()).equals(versions.get(object.name()));
  }

  /** The API says that a version may be any text. It is a number, which takes a third. */
  private static Object compact(String version) {
    boolean isNumber =
        !version.isEmpty()
            && version.length() <= MOST_DIGITS
            && version.charAt(0) != '0'
            && version.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber ? (Object) Long.parseLong(version) : version;
  }
}
