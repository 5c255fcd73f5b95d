package io.fairlead.core.cluster;

import com.google.common.collect.HashMultimap;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.collect.SetMultimap;
import io.fairlead.core.cluster.ClusterEvent.Kind;
import io.fairlead.core.net.IpAddress;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The Services, EndpointSlices and own Node as their events left them, and which Services those
 * events touched. Every event costs what it changes, whatever the size of the cluster.
 */
public final class ClusterState {
  private final String nodeName;
  private final Tracked<Service> services = new Tracked<>();
  private final Tracked<EndpointSlice> slices = new Tracked<>();

  /** Slices by the Service they belong to, sorted by name so that merging is stable. */
  private final Map<ObjectName, ImmutableList<EndpointSlice>> slicesOf = new HashMap<>();

  private final Set<Kind> listed = EnumSet.noneOf(Kind.class);
  private Optional<Node> node = Optional.empty();

  /** Of the own Node when it was last seen. */
  private ImmutableList<IpAddress> ownAddresses = ImmutableList.of();

  private final Map<String, ImmutableList<IpAddress>> otherNodes = new HashMap<>();
  private ImmutableMap<IpAddress, String> otherAddresses = ImmutableMap.of();
  private boolean otherAddressesStale;

  /** The Services that claim an address, for when a Node turns out to have it. */
  private final SetMultimap<IpAddress, ObjectName> claims = HashMultimap.create();

  /** Services that something besides their own objects touched. */
  private final Set<ObjectName> disturbed = new HashSet<>();

  /** The zone that the Services were last planned with. */
  private Optional<String> plannedZone = Optional.empty();

  /**
   * An empty cluster.
   *
   * @param nodeName the own node's name; of other Nodes only their addresses are of interest
   */
  public ClusterState(String nodeName) {
    this.nodeName = nodeName;
  }

  /** Takes in one event; one that repeats what is known changes nothing. */
  public void on(ClusterEvent event) {
    switch (event) {
      case ClusterEvent.ServiceApplied(Service service) -> apply(service);
      case ClusterEvent.ServiceRemoved(ObjectName name) ->
          services.remove(name).ifPresent(this::unclaim);
      case ClusterEvent.SliceApplied(EndpointSlice slice) -> apply(slice);
      case ClusterEvent.SliceRemoved(ObjectName name) ->
          slices.remove(name).ifPresent(this::unlink);
      case ClusterEvent.NodeApplied(Node applied) -> apply(applied);
      case ClusterEvent.NodeRemoved(String name) -> {
        node = node.filter(n -> !n.name().equals(name));
        otherNode(name, ImmutableList.of());
      }
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
    return slicesOf.getOrDefault(service, ImmutableList.of());
  }

  /** The own Node, once it is known and while it exists. */
  public Optional<Node> node() {
    return node;
  }

  /** The addresses of all other Nodes, each with its Node's name. */
  public ImmutableMap<IpAddress, String> otherNodes() {
    if (otherAddressesStale) {
      Map<IpAddress, String> all = new HashMap<>();
      otherNodes.forEach((name, addresses) -> addresses.forEach(it -> all.put(it, name)));
      ownAddresses.forEach(all::remove); // an old name of this machine
      otherAddresses = ImmutableMap.copyOf(all);
      otherAddressesStale = false;
    }
    return otherAddresses;
  }

  /** Has every Service that the predicate picks among the next {@link #takeTouched()}. */
  public void touchIf(Predicate<Service> picked) {
    services.all().filter(picked).map(Service::name).forEach(disturbed::add);
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
    touched.addAll(disturbed);
    disturbed.clear();
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
      ImmutableList<EndpointSlice> own) {
    if (own.stream().anyMatch(EndpointSlice::hasZoneHints)) {
      touched.add(service);
    }
  }

  private void apply(Service service) {
    services.put(service.name(), service).ifPresent(this::unclaim);
    service.externalAddresses().forEach(address -> claims.put(address, service.name()));
  }

  private void unclaim(Service service) {
    service.externalAddresses().forEach(address -> claims.remove(address, service.name()));
  }

  private void apply(Node applied) {
    if (applied.name().equals(nodeName)) {
      node = Optional.of(applied);
      moved(ownAddresses, applied.addresses());
      ownAddresses = applied.addresses();
    } else {
      otherNode(applied.name(), applied.addresses());
    }
  }

  private void otherNode(String name, ImmutableList<IpAddress> addresses) {
    ImmutableList<IpAddress> before =
        Optional.ofNullable(
                addresses.isEmpty() ? otherNodes.remove(name) : otherNodes.put(name, addresses))
            .orElse(ImmutableList.of());
    moved(before, addresses);
  }

  /** Whoever claims one of a Node's addresses may find it taken, or free again. */
  private void moved(List<IpAddress> before, List<IpAddress> now) {
    if (!before.equals(now)) {
      otherAddressesStale = true;
      Stream.concat(before.stream(), now.stream())
          .forEach(address -> disturbed.addAll(claims.get(address)));
    }
  }

  private void apply(EndpointSlice slice) {
    slices.put(slice.name(), slice).ifPresent(this::unlink);
    slicesOf.merge(slice.service(), ImmutableList.of(slice), ClusterState::inOrder);
  }

  private static ImmutableList<EndpointSlice> inOrder(
      ImmutableList<EndpointSlice> some, ImmutableList<EndpointSlice> more) {
    return Stream.concat(some.stream(), more.stream())
        .sorted(Comparator.comparing(EndpointSlice::name))
        .collect(ImmutableList.toImmutableList());
  }

  private void unlink(EndpointSlice slice) {
    slicesOf.computeIfPresent(
        slice.service(),
        (_, own) -> {
          ImmutableList<EndpointSlice> others =
              own.stream()
                  .filter(it -> !it.name().equals(slice.name()))
                  .collect(ImmutableList.toImmutableList());
          return others.isEmpty() ? null : others;
        });
  }
}
