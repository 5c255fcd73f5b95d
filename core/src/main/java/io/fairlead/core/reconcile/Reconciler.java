package io.fairlead.core.reconcile;

import com.google.common.collect.HashMultimap;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.collect.SetMultimap;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Connections;
import io.fairlead.core.dataplane.Dataplane;
import io.fairlead.core.dataplane.Drift;
import io.fairlead.core.dataplane.KernelState;
import io.fairlead.core.dataplane.KernelView;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.DesiredState;
import io.fairlead.core.plan.Frontend;
import io.fairlead.core.plan.HealthCheck;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.ServicePlan.NoLocalEndpoints;
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
  private final DesiredState desired = new DesiredState();
  private final Belief belief = new Belief();
  private final Holdings.Tally holdings = new Holdings.Tally();
  private final Planning planning;
  private final Ownership ownership;
  private final Drains drains;
  private final Diff diff;

  /** Real servers that drained, or whose time is over. */
  private Map<VirtualServerKey, ImmutableSet<RealServer>> idle = new HashMap<>();

  /** Virtual servers that no Service wants any more, and which need not be drained again. */
  private Set<VirtualServerKey> dismissed = new HashSet<>();

  /** Ports whose stale flows could not be deleted: no read-back shows them. */
  private final Set<VirtualServerKey.Addressed> unforgotten = new HashSet<>();

  /** Those that the last changes began to drain. */
  private ImmutableSet<VirtualServerKey> left = ImmutableSet.of();

  /** Whose packets come by a mark: it tells neither their address nor their protocol. */
  private final SetMultimap<VirtualServerKey, VirtualServerKey> cameTo = HashMultimap.create();

  /** Whose the virtual servers were that the last changes removed: for those who tell about it. */
  private ImmutableMap<VirtualServerKey, ObjectName> formerOwners = ImmutableMap.of();

  /** What the last changes are about, until it is known what became of them. */
  private Set<VirtualServerKey> uncounted = new HashSet<>();

  private final Unsettled unsettled = new Unsettled();
  private boolean observed;

  /** Whether the next changes follow a read-back. */
  private boolean audited;

  /** Whether changes were handed out of which nobody said what became of them. */
  private boolean underWay;

  public Reconciler(Planner planner, ReconcilerSettings settings) {
    this.planning = new Planning(planner, settings, desired);
    this.ownership = new Ownership(desired, belief, settings.excludeCidrs());
    this.drains = new Drains(settings.drainLimit());
    this.diff = new Diff(settings.nodeName());
  }

  /** Takes in an event; the kernel is none the wiser before the next {@link #changes}. */
  public void on(ClusterEvent event) {
    planning.on(event);
  }

  /**
   * Whether all objects that existed at the start are known. Before that nothing may be written.
   */
  public boolean listed() {
    return planning.listed();
  }

  /** Whether {@link #changes} may be asked for: all is listed, and the kernel was read. */
  public boolean ready() {
    return listed() && observed;
  }

  /** What the kernel is believed to hold; it stays up to date. */
  public KernelView believed() {
    return belief;
  }

  /** Takes a read-back of everything as the truth. */
  public void observe(KernelState state, ImmutableSet<VirtualServerKey> owned) {
    observe(Drift.between(belief, state), owned);
  }

  /**
   * Takes what a read-back found as the truth. The next {@link #changes} repairs it, and asks again
   * for what was refused.
   *
   * @param drift from {@link #believed}
   * @param owned virtual servers that an earlier run made, on addresses that are not on kube-ipvs0
   */
  public void observe(Drift drift, ImmutableSet<VirtualServerKey> owned) {
    if (drift.filterIntact() && !belief.filterIntact()) {
      unsettled.everything(); // as long as it was not, no element was compared
    }
    belief.take(drift);
    unsettled.drifted(drift);
    nodeAddresses(drift.nodeAddresses());
    unsettled.judgeAnew(ownership.recorded(owned));
    if (ownership.isAdopting()) {
      planning.remember(belief.elements());
      belief.elements().forEach(this::rememberReach);
    }
    planning.avoid(ownership.othersMarks());
    idle = new HashMap<>();
    observed = true;
    audited = true;
  }

  /** Takes what the node's own devices hold now: {@link KernelState#nodeAddresses}. */
  public void nodeAddresses(ImmutableSet<IpAddress> addresses) {
    planning.nodeAddresses(addresses);
  }

  /**
   * What has to be done now, in a safe order; empty if nothing. Plans anew what events touched.
   *
   * @param now nanoseconds of a monotonic clock
   * @throws IllegalStateException unless {@link #ready}
   */
  public ImmutableList<Change> changes(long now) {
    if (!ready()) {
      throw new IllegalStateException("not everything is listed, or the kernel was not read");
    }
    if (underWay) {
      unsettled.everything();
    }
    underWay = true;
    planning.update();
    DesiredState.Touched touched = desired.takeTouched();
    formerOwners = ImmutableMap.copyOf(touched.formerOwners());
    if (audited) {
      touchUnsettled(touched);
    }
    touched.keys().forEach(key -> desired.frontend(key).ifPresent(this::noteReach));
    leaveWhatServes(touched);
    touched.keys().addAll(idle.keySet());
    var plan = new ChangePlan(desired, belief, ownership, this::drains, idle, diff);
    if (audited) {
      plan.forgetAgain(unforgotten);
      unforgotten.clear();
    }
    ImmutableList<Change> changes = plan.changes(touched, audited);
    audited = false;
    idle = new HashMap<>(); // narrow: one that has held a whole cluster costs that at each walk
    dismissed = new HashSet<>();
    touched.keys().forEach(ownership::judge);
    uncounted = touched.keys();
    ownership.adopted();
    return changes;
  }

  /**
   * Takes note of what became of {@link #changes}: what did not fail is in the kernel now.
   *
   * @param now nanoseconds of a monotonic clock
   */
  public void applied(
      ImmutableList<Change> changes, ImmutableList<Dataplane.Failure> failures, long now) {
    Set<Change> failed = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Dataplane.Failure failure : failures) {
      failed.add(failure.change());
      unsettled.refused(failure.change());
      if (failure.change() instanceof Change.ForgetFlows forget) {
        unforgotten.add(forget.key());
      }
    }
    Set<VirtualServerKey> changed =
        belief.apply(
            failed.isEmpty()
                ? changes
                : changes.stream().filter(change -> !failed.contains(change)).toList());
    Set<VirtualServerKey> stale = uncounted;
    uncounted = new HashSet<>();
    stale.addAll(changed);
    for (Change change : changes) {
      unsettled.done(change);
      if (change instanceof Change.BindAddress(IpAddress address)) {
        stale.addAll(desired.keysAt(address));
      }
    }
    stale.forEach(key -> recount(key, now));
    underWay = false;
  }

  /**
   * What would be left to remove if no Service existed: all virtual servers that are ours. For a
   * Fairlead that leaves for good; nothing drains.
   */
  public ImmutableList<Change> removals() {
    return ImmutableSortedSet.copyOf(belief.keys()).stream()
        .filter(ownership::isOurs)
        .map(Change.RemoveVirtualServer::new)
        .collect(ImmutableList.toImmutableList());
  }

  /** Whether any virtual servers are {@link #draining}: for whoever asks after each event. */
  public boolean isDraining() {
    return !drains.isEmpty();
  }

  /** The virtual servers with real servers that only wait for their last connection to end. */
  public ImmutableSet<VirtualServerKey> draining() {
    return drains.keys();
  }

  /**
   * The virtual servers of {@link #draining} that no Service wants since the last {@link #changes}.
   * Most are idle already, so that counting at once spares them the wait.
   */
  public ImmutableSet<VirtualServerKey> justLeft() {
    return left;
  }

  /**
   * Takes the connection counts of a virtual server with draining real servers. Those that are
   * idle, or have drained for as long as they may, are removed by the next {@link #changes}.
   *
   * @param counts of the real servers that the kernel has; one that is missing is gone already
   * @param now nanoseconds of a monotonic clock
   */
  public void counted(
      VirtualServerKey key, ImmutableMap<RealServer, Connections> counts, long now) {
    boolean isIdle = counts.values().stream().allMatch(Connections::isIdle);
    if (desired.isRemnant(key) && isIdle) {
      // As long as its address stays, clients of connections that were cut are reset.
      if (!drains.isTelling(key, now) && !isCarriedByMark(key)) {
        desired.drop(key);
        dismissed.add(key);
      }
      return;
    }
    Map<RealServer, RealServerOptions> retired = retired(key);
    var done = ImmutableSet.<RealServer>builder();
    for (RealServer server : drains.of(key)) {
      boolean isServing = !counts.getOrDefault(server, Connections.NONE).isIdle();
      boolean isOver = drains.isOver(key, server, now);
      if (isDrained(retired, server) && (!isServing || isOver)) {
        done.add(server);
        if (isServing) {
          drains.cut(key, now);
        }
      }
    }
    ImmutableSet<RealServer> all = done.build();
    if (!all.isEmpty()) {
      idle.put(key, all);
    }
  }

  /**
   * Whether outsiders' connections to the address, which a virtual server by mark holds, have yet
   * to end. One that an earlier run left tells nothing of its addresses: it may be any.
   */
  private boolean isCarriedByMark(VirtualServerKey key) {
    return key instanceof VirtualServerKey.Addressed
        && drains.marked().stream()
            .filter(desired::isRemnant)
            .anyMatch(it -> !cameTo.containsKey(it) || cameTo.containsEntry(it, key));
  }

  private static boolean isDrained(Map<RealServer, RealServerOptions> retired, RealServer server) {
    return Optional.ofNullable(retired.get(server)).filter(it -> it.weight() == 0).isPresent();
  }

  /**
   * Our virtual servers whose address is not on kube-ipvs0, or may not be at some moment of the
   * next changes, so that only a record of them tells a later run that they are ours. To be written
   * before the changes are applied.
   */
  public ImmutableSet<VirtualServerKey> ownedOffDevice() {
    return ownership.offDevice();
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
    ImmutableSet<VirtualServerKey> others = ownership.strangers();
    if (others.isEmpty()) {
      return desired.problems();
    }
    Map<ObjectName, ImmutableList<String>> all = new HashMap<>(desired.problems());
    for (VirtualServerKey key : others) {
      String line = key + " was made by somebody else and is left alone";
      desired
          .owner(key)
          .ifPresent(name ->
              all.merge(
                  name,
                  ImmutableList.of(line),
                  (a, b) -> ImmutableList.<String>builder().addAll(a).addAll(b).build()));
    }
    return ImmutableSortedMap.copyOf(all);
  }

  /** Goes up whenever {@link #problems} may differ, so that nobody has to ask in vain. */
  public long problemsVersion() {
    return desired.problemsVersion() + ownership.strangersVersion();
  }

  /** The Services that load balancers ask this node about. Costs as much as there are. */
  public ImmutableSortedMap<ObjectName, HealthCheck> healthChecks() {
    return desired.healthChecks();
  }

  /** Goes up whenever {@link #healthChecks} differs. */
  public long healthChecksVersion() {
    return desired.healthChecksVersion();
  }

  /** How many Services a traffic policy keeps from being served on this node. */
  public int count(NoLocalEndpoints policy) {
    return desired.count(policy);
  }

  /** How much of ours the kernel is believed to hold. */
  public Holdings holdings(Family family) {
    return holdings.of(family);
  }

  /** What no Service wants any more stays until its connections have ended. */
  private void leaveWhatServes(DesiredState.Touched touched) {
    var leaving = ImmutableSet.<VirtualServerKey>builder();
    for (VirtualServerKey key : touched.keys()) {
      if (desired.frontend(key).isEmpty() && !dismissed.contains(key) && drains(key)) {
        belief
            .virtualServer(key)
            .filter(held -> ownership.isOurs(key) && !held.realServers().isEmpty())
            .ifPresent(held -> {
              desired.leave(remnant(held), Optional.ofNullable(formerOwners.get(key)));
              leaving.add(key);
            });
      }
    }
    left = Drains.inOrder(leaving.build());
    touched.add(desired.takeTouched());
  }

  private Frontend remnant(VirtualServer held) {
    var server = new VirtualServer(held.key(), held.options(), ImmutableSortedMap.of());
    return switch (held.key()) {
      case VirtualServerKey.Addressed(IpAddress address, int port, Protocol protocol) ->
          new Frontend(
              belief.boundAddresses().contains(address)
                  ? Frontend.Kind.EXTERNAL
                  : Frontend.Kind.NODE,
              server,
              ImmutableList.of(
                  new ServicePort(ServicePort.Set.SERVICES, address, protocol, port),
                  new ServicePort(ServicePort.Set.NO_ENDPOINTS, address, protocol, port)),
              ImmutableSet.of());
      case VirtualServerKey.Marked _ ->
          new Frontend(Frontend.Kind.NODE, server, ImmutableList.of(), ImmutableSet.of());
    };
  }

  /**
   * Whether a real server keeps its connections when it is not wanted any more. UDP has no end to
   * wait for, and its clients would starve (kubernetes#71514, #76664).
   */
  private boolean drains(VirtualServerKey key) {
    return switch (key) {
      case VirtualServerKey.Addressed addressed -> addressed.protocol() != Protocol.UDP;
      case VirtualServerKey.Marked marked ->
          cameTo.get(marked).stream()
              .noneMatch(it ->
                  it instanceof VirtualServerKey.Addressed(IpAddress _, int _, Protocol protocol)
                      && protocol == Protocol.UDP);
    };
  }

  private void touchUnsettled(DesiredState.Touched touched) {
    if (unsettled.isEverything()) {
      touchEverything(touched);
    }
    unsettled.moveTo(touched, belief);
  }

  private void touchEverything(DesiredState.Touched touched) {
    touched.keys().addAll(belief.keys());
    // Ours that vanished are ours no more: who makes them next may be another.
    touched.keys().addAll(ownership.ours());
    touched.keys().addAll(desired.keys());
    touched.addresses().addAll(belief.boundAddresses());
    touched.addresses().addAll(desired.addresses());
    touched.elements().addAll(belief.elements());
    touched.elements().addAll(desired.elements());
  }

  /** Brings up to date what is kept about a virtual server beside the belief. */
  private void recount(VirtualServerKey key, long now) {
    desired.virtualServer(key).ifPresent(belief::share);
    ownership.judge(key);
    Set<RealServer> leaving = ownership.isStranger(key) ? ImmutableSet.of() : retired(key).keySet();
    drains.keep(key, leaving, desired.isRemnant(key), now);
    Optional<VirtualServer> held =
        belief.virtualServer(key).filter(_ -> ownership.ours().contains(key));
    holdings.count(key, held.map(server -> server.realServers().size()), leaving.size());
    if (held.isEmpty() && desired.frontend(key).isEmpty()) {
      cameTo.removeAll(key);
    }
  }

  private void rememberReach(SetElement element) {
    if (element instanceof SetElement.LocalOnly local) {
      cameTo.put(new VirtualServerKey.Marked(local.mark(), local.family()), local.key());
    }
  }

  private void noteReach(Frontend frontend) {
    if (frontend.key() instanceof VirtualServerKey.Marked && !frontend.siblings().isEmpty()) {
      cameTo.replaceValues(frontend.key(), frontend.siblings());
    }
  }

  /** The real servers that a wanted virtual server has and should not have. */
  private Map<RealServer, RealServerOptions> retired(VirtualServerKey key) {
    Optional<VirtualServer> want = desired.virtualServer(key);
    Optional<VirtualServer> have = belief.virtualServer(key);
    if (want.isEmpty() || have.isEmpty() || want.equals(have)) {
      return Map.of();
    }
    ImmutableList<RealServer> held = have.get().realServers().keySet().asList();
    ImmutableList<RealServerOptions> options = have.get().realServers().values().asList();
    Places places = Places.of(want.get(), have.get());
    var retired = ImmutableMap.<RealServer, RealServerOptions>builder();
    for (int i = 0; i < held.size(); i++) {
      if (places.isLeaving(i)) {
        retired.put(held.get(i), options.get(i));
      }
    }
    return retired.buildOrThrow();
  }
}
