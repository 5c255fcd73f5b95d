package io.fairlead.core.cluster;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedSet;
import io.fairlead.core.cluster.ClusterEvent.Kind;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The Services, EndpointSlices and own Node as their events left them, and which Services those
 * events touched. Every event costs what it changes, whatever the size of the cluster.
 */
public final class ClusterState {
  private final String nodeName;
  private final Tracked<Service> services = new Tracked<>();
  private final Tracked<EndpointSlice> slices = new Tracked<>();

  /** Slices by the Service they belong to; the inner maps are sorted so that merging is stable. */
  private final Map<ObjectName, NavigableMap<ObjectName, EndpointSlice>> slicesOf = new HashMap<>();

  private final Set<Kind> listed = EnumSet.noneOf(Kind.class);
  private Optional<Node> node = Optional.empty();

  /** The zone that the Services were last planned with. */
  private Optional<String> plannedZone = Optional.empty();

  /**
   * An empty cluster.
   *
   * @param nodeName the own node's name; events of other Nodes are ignored
   */
  public ClusterState(String nodeName) {
    this.nodeName = nodeName;
  }

  /** Takes in one event; one that repeats what is known changes nothing. */
  public void on(ClusterEvent event) {
    switch (event) {
      case ClusterEvent.ServiceApplied(Service service) -> services.put(service.name(), service);
      case ClusterEvent.ServiceRemoved(ObjectName name) -> services.remove(name);
      case ClusterEvent.SliceApplied(EndpointSlice slice) -> apply(slice);
      case ClusterEvent.SliceRemoved(ObjectName name) ->
          slices.remove(name).ifPresent(this::unlink);
      case ClusterEvent.NodeApplied(Node applied) -> node = own(applied).or(() -> node);
      case ClusterEvent.NodeRemoved(String name) -> node = node.filter(n -> !n.name().equals(name));
      case ClusterEvent.Listed(Kind kind) -> listed.add(kind);
    }
  }

  /** Whether both first listings are complete, so that what is absent here is really absent. */
  public boolean listed() {
    return listed.size() == Kind.values().length;
  }

  /** The Service of this name, if there is one. */
  public Optional<Service> service(ObjectName name) {
    return services.get(name);
  }

  /** The slices of this Service, by their names. */
  public ImmutableList<EndpointSlice> slices(ObjectName service) {
    NavigableMap<ObjectName, EndpointSlice> found = slicesOf.get(service);
    return found == null ? ImmutableList.of() : ImmutableList.copyOf(found.values());
  }

  /** The own Node, once it is known and while it exists. */
  public Optional<Node> node() {
    return node;
  }

  public Locality locality() {
    return new Locality(nodeName, node.flatMap(Node::zone));
  }

  /** How many Services differ from what they were at the last {@link #takeTouched()}. */
  public int pendingServices() {
    return services.pending().size();
  }

  /** How many EndpointSlices differ from what they were at the last {@link #takeTouched()}. */
  public int pendingSlices() {
    return slices.pending().size();
  }

  /**
   * The Services whose plan may have changed since the last call. An object that is back to what it
   * was touches nothing; a slice that moved touches both Services.
   */
  public ImmutableSortedSet<ObjectName> takeTouched() {
    var touched = ImmutableSortedSet.<ObjectName>naturalOrder();
    touched.addAll(services.pending().keySet());
    slices
        .pending()
        .forEach((name, before) -> {
          before.map(EndpointSlice::service).ifPresent(touched::add);
          slices.get(name).map(EndpointSlice::service).ifPresent(touched::add);
        });
    if (!plannedZone.equals(locality().zone())) {
      plannedZone = locality().zone();
      slicesOf.forEach((service, own) -> addIfHinted(touched, service, own));
    }
    services.settle();
    slices.settle();
    return touched.build();
  }

  /** A zone matters only to Services with zone hints; this is the one walk over everything. */
  private static void addIfHinted(
      ImmutableSortedSet.Builder<ObjectName> touched,
      ObjectName service,
      NavigableMap<ObjectName, EndpointSlice> own) {
    if (own.values().stream().anyMatch(EndpointSlice::hasZoneHints)) {
      touched.add(service);
    }
  }

  private void apply(EndpointSlice slice) {
    slices.put(slice.name(), slice).ifPresent(this::unlink);
    slicesOf.computeIfAbsent(slice.service(), _ -> new TreeMap<>()).put(slice.name(), slice);
  }

  private void unlink(EndpointSlice slice) {
    slicesOf.computeIfPresent(
        slice.service(),
        (_, own) -> {
          own.remove(slice.name());
          return own.isEmpty() ? null : own;
        });
  }

  private Optional<Node> own(Node applied) {
    return Optional.of(applied).filter(n -> n.name().equals(nodeName));
  }
}
