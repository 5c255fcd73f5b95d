package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Maps;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.ClusterState;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Connections;
import io.fairlead.core.dataplane.Dataplane;
import io.fairlead.core.dataplane.KernelState;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.endpoints.ServiceEndpoints;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.DesiredState;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.ServicePlan;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * From events to changes: what the sync loop drives, on one thread. It does no I/O itself. The loop
 * hands it events and read-backs, asks for {@link #changes}, applies them, and reports what became
 * of them.
 *
 * <p>A change that the kernel refused is not asked for again before the kernel has been read back,
 * or what is wanted there has changed.
 */
public final class Reconciler {
  private final Planner planner;
  private final ClusterState cluster;
  private final DesiredState desired = new DesiredState();
  private final Belief belief = new Belief();
  private final Holdings.Tally holdings = new Holdings.Tally();

  /** Virtual servers that are ours although their address need not be on kube-ipvs0. */
  private final Set<VirtualServerKey> ours = new HashSet<>();

  /** Those of ours that their address does not give away, now or after the next changes. */
  private final KeySet offDevice = new KeySet();

  private final KeySet draining = new KeySet();
  private final Map<VirtualServerKey, ImmutableSet<RealServer>> idle = new HashMap<>();
  private final ImmutableList<Cidr> excludeCidrs;

  /** Whose the virtual servers were that the last changes removed: for those who tell about it. */
  private ImmutableMap<VirtualServerKey, ObjectName> formerOwners = ImmutableMap.of();

  /** The first pass takes over what is wanted and there already: kube-proxy's, mostly. */
  private boolean adopting = true;

  /** Wanted virtual servers that are somebody else's, and left alone. */
  private final KeySet strangers = new KeySet();

  private long strangersVersion;
  private boolean observed;
  private boolean everything;

  public Reconciler(Planner planner, ReconcilerSettings settings) {
    this.planner = planner;
    this.cluster = new ClusterState(settings.nodeName());
    this.excludeCidrs = settings.excludeCidrs();
  }

  /** Takes in an event; the kernel is none the wiser before the next {@link #changes}. */
  public void on(ClusterEvent event) {
    cluster.on(event);
  }

  /**
   * Whether all objects that existed at the start are known. Before that nothing may be written.
   */
  public boolean listed() {
    return cluster.listed();
  }

  /** Whether {@link #changes} may be asked for: all is listed, and the kernel was read. */
  public boolean ready() {
    return listed() && observed;
  }

  /**
   * Takes a read-back as the truth. The next {@link #changes} compares everything.
   *
   * @param owned virtual servers that an earlier run made, on addresses that are not on kube-ipvs0
   */
  public void observe(KernelState state, ImmutableSet<VirtualServerKey> owned) {
    belief.replace(state);
    desired.nodeAddresses(state.nodeAddresses());
    ours.addAll(owned);
    idle.clear();
    observed = true;
    everything = true;
  }

  /**
   * What has to be done now, in a safe order; empty if nothing. Plans anew what events touched.
   *
   * @throws IllegalStateException unless {@link #ready}
   */
  public ImmutableList<Change> changes() {
    if (!ready()) {
      throw new IllegalStateException("not everything is listed, or the kernel was not read");
    }
    for (ObjectName name : cluster.takeTouched()) {
      replan(name);
    }
    DesiredState.Touched touched = desired.takeTouched();
    formerOwners = ImmutableMap.copyOf(touched.formerOwners());
    if (everything) {
      touchEverything(touched);
    }
    touched.keys().addAll(idle.keySet());
    ImmutableList<Change> changes =
        new ChangePlan(desired, belief, this::isOurs, this::isStranger, idle)
            .changes(touched, everything);
    everything = false;
    idle.clear();
    touched.keys().forEach(this::recount);
    adopting = false;
    return changes;
  }

  /** Takes note of what became of {@link #changes}: what did not fail is in the kernel now. */
  public void applied(ImmutableList<Change> changes, ImmutableList<Dataplane.Failure> failures) {
    Set<Change> failed = Collections.newSetFromMap(new IdentityHashMap<>());
    failures.forEach(failure -> failed.add(failure.change()));
    Set<VirtualServerKey> changed =
        belief.apply(
            failed.isEmpty()
                ? changes
                : changes.stream().filter(change -> !failed.contains(change)).toList());
    changed.forEach(this::recount);
    for (Change change : changes) {
      if (change instanceof Change.BindAddress(IpAddress address)) {
        desired.keysAt(address).forEach(this::recount);
      }
    }
  }

  /** The virtual servers with real servers that only wait for their last connection to end. */
  public ImmutableSet<VirtualServerKey> draining() {
    return draining.copy();
  }

  /**
   * Takes the connection counts of a virtual server with draining real servers. Those that are idle
   * are removed by the next {@link #changes}.
   *
   * @param counts of the real servers that the kernel has; one that is missing is gone already
   */
  public void counted(VirtualServerKey key, ImmutableMap<RealServer, Connections> counts) {
    ImmutableSet<RealServer> done =
        retired(key).entrySet().stream()
            .filter(server -> server.getValue().weight() == 0)
            .map(Map.Entry::getKey)
            .filter(server -> counts.getOrDefault(server, Connections.NONE).isIdle())
            .collect(ImmutableSet.toImmutableSet());
    if (!done.isEmpty()) {
      idle.put(key, done);
    }
  }

  /**
   * Our virtual servers whose address is not on kube-ipvs0, or may not be at some moment of the
   * next changes, so that only a record of them tells a later run that they are ours. To be written
   * before the changes are applied.
   */
  public ImmutableSet<VirtualServerKey> ownedOffDevice() {
    return offDevice.copy();
  }

  /** The Service that a virtual server is for, or was until the last {@link #changes}. */
  public Optional<ObjectName> owner(VirtualServerKey key) {
    return desired.owner(key).or(() -> Optional.ofNullable(formerOwners.get(key)));
  }

  /** The virtual servers that are to be, each with its Service. */
  public ImmutableMap<VirtualServerKey, ObjectName> owners() {
    var owners = ImmutableMap.<VirtualServerKey, ObjectName>builder();
    desired.keys().forEach(key -> desired.owner(key).ifPresent(name -> owners.put(key, name)));
    return owners.buildOrThrow();
  }

  /** What could not be planned as wanted, by Service. Costs as much as there are Services. */
  public ImmutableSortedMap<ObjectName, ImmutableList<String>> problems() {
    ImmutableSet<VirtualServerKey> others = strangers.copy();
    if (others.isEmpty()) {
      return desired.problems();
    }
    Map<ObjectName, ImmutableList<String>> all = new HashMap<>(desired.problems());
    for (VirtualServerKey key : others) {
      String line = key + " was made by somebody else and is left alone";
      desired
          .owner(key)
          .ifPresent(
              name ->
                  all.merge(
                      name,
                      ImmutableList.of(line),
                      (a, b) -> ImmutableList.<String>builder().addAll(a).addAll(b).build()));
    }
    return ImmutableSortedMap.copyOf(all);
  }

  /** Goes up whenever {@link #problems} may differ, so that nobody has to ask in vain. */
  public long problemsVersion() {
    return desired.problemsVersion() + strangersVersion;
  }

  /** How much of ours the kernel is believed to hold. */
  public Holdings holdings(Family family) {
    return holdings.of(family);
  }

  /** One Service that trips a defect must not hold up the others: it keeps the plan it has. */
  private void replan(ObjectName name) {
    try {
      desired.put(plan(name));
    } catch (RuntimeException e) {
      desired.keep(name, "cannot be planned, and stays as it is: " + e);
    }
  }

  private ServicePlan plan(ObjectName name) {
    return cluster
        .service(name)
        .map(service ->
            planner.plan(service, ServiceEndpoints.merge(cluster.slices(name)), cluster.locality()))
        .orElseGet(() -> ServicePlan.nothing(name));
  }

  private void touchEverything(DesiredState.Touched touched) {
    touched.keys().addAll(belief.keys());
    // Ours that vanished are ours no more: who makes them next may be another.
    touched.keys().addAll(ours);
    touched.keys().addAll(desired.keys());
    touched.addresses().addAll(belief.bound());
    touched.addresses().addAll(desired.addresses());
    touched.elements().addAll(belief.elements());
    touched.elements().addAll(desired.elements());
  }

  /** Whether a virtual server in the kernel was made by Fairlead, or by kube-proxy before it. */
  private boolean isOurs(VirtualServerKey key) {
    return ours.contains(key) || (isBound(key) && !isExcluded(key));
  }

  /** Whether somebody else made it, and had it before any Service wanted it. */
  private boolean isStranger(VirtualServerKey key) {
    return !adopting && belief.virtualServer(key).isPresent() && !isOurs(key);
  }

  private boolean isExcluded(VirtualServerKey key) {
    return key instanceof VirtualServerKey.Addressed(IpAddress address, int _, Protocol _)
        && excludeCidrs.stream().anyMatch(cidr -> cidr.contains(address));
  }

  /** Brings up to date what is kept about a virtual server beside the belief. */
  private void recount(VirtualServerKey key) {
    desired.virtualServer(key).ifPresent(belief::share);
    boolean isHeld = belief.virtualServer(key).isPresent();
    boolean isStranger = isStranger(key);
    if (strangers.keep(key, isStranger && desired.virtualServer(key).isPresent())) {
      strangersVersion++;
    }
    boolean isOurs =
        !isStranger && (desired.virtualServer(key).isPresent() || (isHeld && isOurs(key)));
    if (isOurs) {
      ours.add(key);
    } else {
      ours.remove(key);
    }
    // Whatever of the next changes is done before a crash, the record or the address must tell.
    offDevice.keep(key, isOurs && !(isToBeBound(key) && (!isHeld || isBound(key))));
    int leaving = isStranger ? 0 : retired(key).size();
    draining.keep(key, leaving > 0);
    Optional<VirtualServer> held = belief.virtualServer(key).filter(_ -> ours.contains(key));
    holdings.count(key, held.map(server -> server.realServers().size()), leaving);
  }

  private boolean isToBeBound(VirtualServerKey key) {
    return key instanceof VirtualServerKey.Addressed(IpAddress address, int _, Protocol _)
        && desired.isBound(address);
  }

  private boolean isBound(VirtualServerKey key) {
    return key instanceof VirtualServerKey.Addressed(IpAddress address, int _, Protocol _)
        && belief.bound().contains(address);
  }

  /** The real servers that a wanted virtual server has and should not have. */
  private Map<RealServer, RealServerOptions> retired(VirtualServerKey key) {
    Optional<VirtualServer> want = desired.virtualServer(key);
    Optional<VirtualServer> have = belief.virtualServer(key);
    if (want.isEmpty() || have.isEmpty()) {
      return Map.of();
    }
    return Maps.filterKeys(
        have.get().realServers(), server -> !want.get().realServers().containsKey(server));
  }
}
