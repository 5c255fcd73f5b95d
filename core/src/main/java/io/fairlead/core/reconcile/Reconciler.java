package io.fairlead.core.reconcile;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Sets;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.ClusterState;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Connections;
import io.fairlead.core.dataplane.Dataplane;
import io.fairlead.core.dataplane.KernelState;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.endpoints.ServiceEndpoints;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.plan.Delta;
import io.fairlead.core.plan.DesiredState;
import io.fairlead.core.plan.Planner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * From events and read-backs to ordered changes. Holds what is, what should be and what the kernel
 * is believed to hold, and looks only at what was touched since it last looked.
 *
 * <p>Driven by one thread: {@code on}* → {@code changes} → (apply them) → {@code applied}, with an
 * {@code observe} at the start, after drift and for every audit. Nothing here waits or retries.
 */
public final class Reconciler {
  private final Planner planner;
  private final ReconcilerSettings settings;
  private final ClusterState cluster;
  private final DesiredState desired = new DesiredState();
  private final Belief belief = new Belief();

  /** What may differ from the desired state. */
  private final Subjects dirty = new Subjects();

  /** What the kernel refused: left alone until it is read back, or wanted otherwise. */
  private final Subjects held = new Subjects();

  /** Believed virtual servers that may be removed: never a stranger's. */
  private final Set<VirtualServerKey> ours = new TreeSet<>();

  private final Set<VirtualServerKey> offDevice = new TreeSet<>();
  private final Set<VirtualServerKey> draining = new TreeSet<>();

  /** Draining real servers that were seen without connections. */
  private final Map<VirtualServerKey, Set<RealServer>> idle = new HashMap<>();

  private boolean observed;

  public Reconciler(Planner planner, ReconcilerSettings settings) {
    this.planner = planner;
    this.settings = settings;
    this.cluster = new ClusterState(settings.nodeName());
  }

  /** Takes in one event; its consequences come with the next {@link #changes()}. */
  public void on(ClusterEvent event) {
    cluster.on(event);
  }

  /** Whether both kinds were listed and the kernel was read, so that changes can be told. */
  public boolean ready() {
    return observed && cluster.listed();
  }

  /**
   * Takes a read-back as the truth; the next {@link #changes()} compares everything with it.
   *
   * @param owned keys from the ownership record: ours though their address is not on kube-ipvs0
   */
  public void observe(KernelState state, ImmutableSet<VirtualServerKey> owned) {
    desired.nodeAddresses(state.nodeAddresses());
    belief.replace(state);
    ours.retainAll(state.virtualServers().keySet());
    for (VirtualServerKey key : state.virtualServers().keySet()) {
      if (owned.contains(key)
          || Addresses.of(key).filter(state.boundAddresses()::contains).isPresent()) {
        ours.add(key);
      }
    }
    held.clear();
    idle.clear();
    dirtyAll();
    observed = true;
  }

  /**
   * The changes from what the kernel is believed to hold to what it should, in the safe order.
   * Empty when there is nothing to do, and while not {@link #ready()}. Asked again before {@link
   * #applied}, it gives the same changes again.
   */
  public ImmutableList<Change> changes() {
    if (!ready()) {
      return ImmutableList.of();
    }
    replan();
    var steps = new Steps();
    device(steps);
    filter(steps);
    Set<VirtualServerKey> removed = new HashSet<>();
    dirty.virtualServers.removeIf(key -> !virtualServer(key, steps, removed));
    dirty.addresses.removeIf(address -> !address(address, steps, removed));
    return steps.inOrder();
  }

  /**
   * Learns what became of {@code changes}. What failed is left alone until {@link #observe}, or
   * until something else is wanted there.
   */
  public void applied(ImmutableList<Change> changes, ImmutableList<Dataplane.Failure> failures) {
    Set<Change> failed = failures.stream().map(Dataplane.Failure::change).collect(toImmutableSet());
    List<Change> done = new ArrayList<>(changes);
    done.removeIf(failed::contains);
    failed.forEach(held::add);
    belief.accept(done);
    done.forEach(this::learn);
    var touched = new Subjects();
    changes.forEach(touched::add);
    touched.virtualServers.forEach(this::settle);
    touched.addresses.forEach(this::settleAt);
  }

  /** The virtual servers with real servers that wait for their connections to end. */
  public ImmutableSet<VirtualServerKey> draining() {
    return ImmutableSet.copyOf(draining);
  }

  /** Reports a virtual server's connections; what drained is removed by the next changes. */
  public void counted(VirtualServerKey key, ImmutableMap<RealServer, Connections> counts) {
    Set<RealServer> quiet = new HashSet<>();
    counts.forEach((server, connections) -> {
      if (connections.isIdle() && isDrained(key, server)) {
        quiet.add(server);
      }
    });
    if (quiet.isEmpty()) {
      idle.remove(key);
    } else {
      idle.put(key, quiet);
      dirty.virtualServers.add(key);
    }
  }

  /**
   * The keys for the ownership record: virtual servers that are ours, or will be after the next
   * apply, and cannot be told by their address being on kube-ipvs0. Write them down before
   * applying.
   */
  public ImmutableSet<VirtualServerKey> ownedOffDevice() {
    return ImmutableSet.copyOf(offDevice);
  }

  /** What is wrong with Services, by their names. */
  public ImmutableSortedMap<ObjectName, ImmutableList<String>> problems() {
    return desired.problems();
  }

  /** The Service that a wanted virtual server belongs to. */
  public Optional<ObjectName> owner(VirtualServerKey key) {
    return desired.owner(key);
  }

  /** How many Services wait to be planned. */
  public int pendingServiceChanges() {
    return cluster.pendingServices();
  }

  /** How many EndpointSlices wait to be planned. */
  public int pendingEndpointChanges() {
    return cluster.pendingSlices();
  }

  private void dirtyAll() {
    dirty.virtualServers.addAll(desired.virtualServerKeys());
    dirty.virtualServers.addAll(belief.virtualServers().keySet());
    dirty.addresses.addAll(desired.boundAddresses());
    dirty.addresses.addAll(belief.bound());
    dirty.elements.addAll(desired.elements());
    dirty.elements.addAll(belief.elements());
    offDevice.clear();
    draining.clear();
  }

  private void replan() {
    for (ObjectName name : cluster.takeTouched()) {
      Delta delta =
          cluster
              .service(name)
              .map(service ->
                  planner.plan(
                      service, ServiceEndpoints.merge(cluster.slices(name)), cluster.locality()))
              .map(desired::put)
              .orElseGet(() -> desired.remove(name));
      dirty.add(delta);
      held.remove(delta);
    }
  }

  private void device(Steps steps) {
    if (!belief.device() && !held.device) {
      steps.createDevice();
    }
  }

  /** While the table is missing or wrong, only writing it whole can help. */
  private void filter(Steps steps) {
    if (!belief.filterIntact()) {
      if (!held.filter) {
        steps.replaceFilter(ImmutableList.copyOf(desired.elements()));
      }
      return;
    }
    dirty.elements.removeIf(element -> !element(element, steps));
  }

  /** Adds what must be done about an element; whether that is anything. */
  private boolean element(SetElement element, Steps steps) {
    boolean wanted = desired.wants(element);
    if (wanted == belief.elements().contains(element) || held.elements.contains(element)) {
      return false;
    }
    if (wanted) {
      steps.addElement(element);
    } else {
      steps.removeElement(element);
    }
    return true;
  }

  /** Adds what must be done about an address; whether that is anything. */
  private boolean address(IpAddress address, Steps steps, Set<VirtualServerKey> removed) {
    boolean wanted = desired.binds(address);
    if (wanted == belief.bound().contains(address) || held.addresses.contains(address)) {
      return false;
    }
    if (wanted) {
      steps.bind(address, isFirst(address));
      return true;
    }
    // A virtual server that would not go keeps its address, by which it is known to be ours.
    if (Sets.difference(belief.at(address), removed).stream()
        .anyMatch(key -> ours.contains(key) && desired.virtualServer(key).isEmpty())) {
      return false;
    }
    steps.unbind(address);
    return true;
  }

  /** Adds what must be done about a virtual server; whether that is anything. */
  private boolean virtualServer(VirtualServerKey key, Steps steps, Set<VirtualServerKey> removed) {
    settle(key);
    if (held.virtualServers.contains(key)) {
      return false;
    }
    Optional<VirtualServer> wanted = desired.virtualServer(key);
    if (wanted.isPresent()) {
      return converge(wanted.get(), steps);
    }
    if (ours.contains(key) && belief.virtualServers().containsKey(key)) {
      steps.removeVirtualServer(key);
      removed.add(key);
      return true;
    }
    return false;
  }

  private boolean converge(VirtualServer want, Steps steps) {
    VirtualServerKey key = want.key();
    List<Change> changes = new ArrayList<>();
    List<Change> removals = new ArrayList<>();
    VirtualServer have = belief.virtualServers().get(key);
    if (have == null) {
      changes.add(new Change.AddVirtualServer(key, want.options()));
    } else if (!have.options().equals(want.options())) {
      changes.add(new Change.EditVirtualServer(key, want.options()));
    }
    RealServers.diff(
        have == null ? new VirtualServer(key, want.options(), ImmutableSortedMap.of()) : have,
        want,
        idle.getOrDefault(key, Set.of()),
        changes::add,
        removals::add);
    steps.building(isFirst(key)).addAll(changes);
    steps.removingRealServers().addAll(removals);
    return !changes.isEmpty() || !removals.isEmpty();
  }

  /** What a successful change says beyond the belief itself. */
  private void learn(Change change) {
    switch (change) {
      case Change.AddVirtualServer(VirtualServerKey key, _) -> ours.add(key);
      case Change.RemoveVirtualServer(VirtualServerKey key) -> {
        ours.remove(key);
        idle.remove(key);
      }
      // Wanted again or newly draining: an older count says nothing any more.
      case Change.EditRealServer(VirtualServerKey key, _, _) -> idle.remove(key);
      case Change.RemoveRealServer(VirtualServerKey key, _) -> idle.remove(key);
      case Change.CreateDevice _,
          Change.ReplaceFilter _,
          Change.EditFilter _,
          Change.BindAddress _,
          Change.UnbindAddress _,
          Change.EditVirtualServer _,
          Change.AddRealServer _ -> {}
    }
  }

  private void settleAt(IpAddress address) {
    belief.at(address).forEach(this::settle);
  }

  /** Brings what is derived of one key up to date: who owns it, what it drains. */
  private void settle(VirtualServerKey key) {
    Optional<VirtualServer> want = desired.virtualServer(key);
    Optional<VirtualServer> have = belief.virtualServer(key);
    if (want.isPresent() && have.isPresent()) {
      ours.add(key);
    }
    boolean mine = want.isPresent() || (have.isPresent() && ours.contains(key));
    mark(offDevice, key, mine && !isOnDevice(key));
    mark(
        draining,
        key,
        want.isPresent() && have.isPresent() && RealServers.draining(have.get(), want.get()));
  }

  private boolean isOnDevice(VirtualServerKey key) {
    return Addresses.of(key)
        .filter(address ->
            desired.binds(address)
                ? belief.bound().contains(address) || !held.addresses.contains(address)
                : belief.bound().contains(address) && desired.virtualServer(key).isEmpty())
        .isPresent();
  }

  private boolean isDrained(VirtualServerKey key, RealServer server) {
    return belief
        .virtualServer(key)
        .map(have -> have.realServers().get(server))
        .filter(options -> options.weight() == 0)
        .isPresent();
  }

  private boolean isFirst(VirtualServerKey key) {
    return desired.owner(key).filter(settings.first()::equals).isPresent();
  }

  private boolean isFirst(IpAddress address) {
    return desired.isUsedBy(address, settings.first());
  }

  private static <T> void mark(Set<T> set, T item, boolean member) {
    if (member) {
      set.add(item);
    } else {
      set.remove(item);
    }
  }
}
