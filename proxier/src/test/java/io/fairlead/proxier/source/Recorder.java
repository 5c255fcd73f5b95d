package io.fairlead.proxier.source;

import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.Node;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * A listener that keeps what it was told and what that adds up to, and lets a test wait for a state
 * without polling. As strict as the contract: removing what is not there is an error.
 */
public final class Recorder implements Source.Listener {
  private static final long PATIENCE_SECONDS = 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<ClusterEvent> events = new ArrayList<>();
  private final Map<ObjectName, Service> services = new TreeMap<>();
  private final Map<ObjectName, EndpointSlice> slices = new TreeMap<>();
  private final Map<String, Node> nodes = new TreeMap<>();
  private final Set<ClusterEvent.Kind> listed = new HashSet<>();
  private final List<String> errors = new ArrayList<>();

  @Override
  public void on(ClusterEvent event) {
    lock.lock();
    try {
      events.add(event);
      apply(event);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void apply(ClusterEvent event) {
    switch (event) {
      case ClusterEvent.ServiceApplied(Service service) -> services.put(service.name(), service);
      case ClusterEvent.ServiceRemoved(ObjectName name) ->
          expect(services.remove(name) != null, event);
      case ClusterEvent.SliceApplied(EndpointSlice slice) -> slices.put(slice.name(), slice);
      case ClusterEvent.SliceRemoved(ObjectName name) -> expect(slices.remove(name) != null, event);
      case ClusterEvent.NodeApplied(Node node) -> nodes.put(node.name(), node);
      case ClusterEvent.NodeRemoved(String name) -> expect(nodes.remove(name) != null, event);
      case ClusterEvent.Listed(ClusterEvent.Kind kind) -> expect(listed.add(kind), event);
    }
  }

  private void expect(boolean ok, ClusterEvent event) {
    if (!ok) {
      errors.add("out of place: " + event);
    }
  }

  /** Waits until this holds of what has been reported. */
  public void await(String what, BooleanSupplier condition) throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (!condition.getAsBoolean()) {
        left = changed.awaitNanos(left);
        if (left <= 0) {
          throw new AssertionError("waited in vain for: " + what + "; reported: " + events);
        }
      }
      if (!errors.isEmpty()) {
        throw new AssertionError(errors.toString());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until both kinds have been listed. */
  public void awaitListed() throws InterruptedException {
    await("Listed of both kinds", () -> listed.size() == ClusterEvent.Kind.values().length);
  }

  /** Everything reported since the last call, as short words such as {@code +Service a/b}. */
  public List<String> drain() {
    lock.lock();
    try {
      List<String> words = events.stream().map(Recorder::word).toList();
      events.clear();
      return words;
    } finally {
      lock.unlock();
    }
  }

  public Map<ObjectName, Service> services() {
    lock.lock();
    try {
      return new TreeMap<>(services);
    } finally {
      lock.unlock();
    }
  }

  public Map<ObjectName, EndpointSlice> slices() {
    lock.lock();
    try {
      return new TreeMap<>(slices);
    } finally {
      lock.unlock();
    }
  }

  public Map<String, Node> nodes() {
    lock.lock();
    try {
      return new TreeMap<>(nodes);
    } finally {
      lock.unlock();
    }
  }

  private static String word(ClusterEvent event) {
    return switch (event) {
      case ClusterEvent.ServiceApplied(Service service) -> "+Service " + service.name();
      case ClusterEvent.ServiceRemoved(ObjectName name) -> "-Service " + name;
      case ClusterEvent.SliceApplied(EndpointSlice slice) -> "+Slice " + slice.name();
      case ClusterEvent.SliceRemoved(ObjectName name) -> "-Slice " + name;
      case ClusterEvent.NodeApplied(Node node) -> "+Node " + node.name();
      case ClusterEvent.NodeRemoved(String name) -> "-Node " + name;
      case ClusterEvent.Listed(ClusterEvent.Kind kind) -> "Listed " + kind;
    };
  }
}
