package io.fairlead.core.plan;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Multiset;
import com.google.common.collect.Sets;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.plan.Frontend.Kind;
import io.fairlead.core.plan.ServicePlan.NoLocalEndpoints;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All Services' plans as one: what should be in the kernel. Putting a plan costs what the plan
 * holds, and what it changed is remembered until it is taken.
 *
 * <p>If two Services want the same address, protocol and port, a ClusterIP comes before an external
 * address, and then the smaller name: the same winner on every node and in every order of events.
 */
public final class DesiredState {
  /** A Service's wish for a key. Sorted, the first is the one that counts. */
  private record Claim(ObjectName service, Frontend frontend) implements Comparable<Claim> {
    static final Comparator<Claim> ORDER =
        Comparator.comparing((Claim claim) -> claim.frontend.kind()).thenComparing(Claim::service);

    @Override
    public int compareTo(Claim other) {
      return ORDER.compare(this, other);
    }
  }

  /** What is left of a frontend that no Service wants any more, and whose it was if known. */
  private record Remnant(Frontend frontend, Optional<ObjectName> owner) {}

  private final Map<ObjectName, ServicePlan> plans = new HashMap<>();
  private final Map<VirtualServerKey, Remnant> remnants = new HashMap<>();
  private final Map<VirtualServerKey, ImmutableList<Claim>> claims = new HashMap<>();
  // Immutable sets: nearly all have one key, and a hash set of one is ten times as big.
  private final Map<IpAddress, ImmutableSet<VirtualServerKey>> keysAt = new HashMap<>();

  /** The addresses of ClusterIPs, once for each key that one has won. */
  private final Multiset<IpAddress> clusterIps = HashMultiset.create();

  private final Multiset<SetElement> elements = HashMultiset.create();
  private final Multiset<NoLocalEndpoints> missing = HashMultiset.create();
  private final Map<ObjectName, HealthCheck> healthChecks = new HashMap<>();
  private ImmutableSet<SetElement.PodRange> podRanges = ImmutableSet.of();
  private final Set<VirtualServerKey> contested = new HashSet<>();
  private ImmutableSet<IpAddress> nodeAddresses = ImmutableSet.of();
  private Touched touched = Touched.nothing();
  private long problemsVersion;
  private long healthChecksVersion;

  /**
   * What may differ from what it was; each may be wanted or not, now.
   *
   * @param formerOwners whose the keys were that nobody wants any more
   */
  public record Touched(
      Set<VirtualServerKey> keys,
      Set<IpAddress> addresses,
      Set<SetElement> elements,
      Map<VirtualServerKey, ObjectName> formerOwners) {
    /** Takes in what another one holds. */
    public void add(Touched more) {
      keys.addAll(more.keys);
      addresses.addAll(more.addresses);
      elements.addAll(more.elements);
      formerOwners.putAll(more.formerOwners);
    }

    static Touched nothing() {
      return new Touched(new HashSet<>(), new HashSet<>(), new HashSet<>(), new HashMap<>());
    }
  }

  /** Takes a plan in place of the Service's last one. */
  public void put(ServicePlan plan) {
    ServicePlan before =
        Optional.ofNullable(plans.get(plan.service()))
            .orElseGet(() -> ServicePlan.nothing(plan.service()));
    if (plan.isNothing()) {
      plans.remove(plan.service());
    } else {
      plans.put(plan.service(), plan);
    }
    if (!plan.problems().equals(before.problems())) {
      problemsVersion++;
    }
    Map<VirtualServerKey, Frontend> frontends = new HashMap<>();
    before.frontends().forEach(frontend -> frontends.put(frontend.key(), frontend));
    for (Frontend frontend : plan.frontends()) {
      Frontend old = frontends.remove(frontend.key());
      if (!frontend.equals(old)) {
        claim(frontend.key(), plan.service(), Optional.of(frontend));
      }
    }
    frontends.keySet().forEach(key -> claim(key, plan.service(), Optional.empty()));
    if (!plan.hairpins().equals(before.hairpins())) {
      Sets.difference(plan.hairpins(), before.hairpins()).forEach(this::addElement);
      Sets.difference(before.hairpins(), plan.hairpins()).forEach(this::removeElement);
    }
    plan.missing().forEach(missing::add);
    before.missing().forEach(missing::remove);
    checkHealth(plan.service(), before.healthCheck(), plan.healthCheck());
  }

  private void checkHealth(
      ObjectName service, Optional<HealthCheck> before, Optional<HealthCheck> now) {
    if (now.equals(before)) {
      return;
    }
    healthChecksVersion++;
    healthChecks.remove(service);
    now.ifPresent(check -> healthChecks.put(service, check));
  }

  /**
   * Keeps a virtual server that no Service wants any more, without real servers of its own, so that
   * connections can end in peace. It goes when it is dropped, or when a Service wants the key.
   */
  public void leave(Frontend frontend, Optional<ObjectName> formerOwner) {
    VirtualServerKey key = frontend.key();
    Optional<Frontend> before = frontend(key);
    if (claimsOf(key).isEmpty()) {
      remnants.put(key, new Remnant(frontend, formerOwner));
      won(key, before, Optional.of(frontend));
    }
  }

  /** Ends what {@link #leave} began. */
  public void drop(VirtualServerKey key) {
    Optional.ofNullable(remnants.remove(key))
        .ifPresent(remnant -> {
          remnant.owner.ifPresent(owner -> touched.formerOwners.put(key, owner));
          won(key, Optional.of(remnant.frontend), Optional.empty());
        });
  }

  /** Whether it only waits for its last connection. */
  public boolean isRemnant(VirtualServerKey key) {
    return remnants.containsKey(key);
  }

  /** Takes where this node's pods have their addresses. */
  public void podRanges(ImmutableSet<SetElement.PodRange> ranges) {
    Sets.difference(ranges, podRanges).forEach(this::addElement);
    Sets.difference(podRanges, ranges).forEach(this::removeElement);
    podRanges = ranges;
  }

  /** Leaves a Service's plan as it is, but for the problem that kept it from changing. */
  public void keep(ObjectName service, String problem) {
    ServicePlan held =
        Optional.ofNullable(plans.get(service)).orElseGet(() -> ServicePlan.nothing(service));
    put(
        new ServicePlan(
            service,
            held.frontends(),
            held.hairpins(),
            held.healthCheck(),
            held.missing(),
            ImmutableList.of(problem)));
  }

  /** Takes what the node's own devices hold: those addresses are served, but not bound again. */
  public void nodeAddresses(ImmutableSet<IpAddress> addresses) {
    ImmutableSet<IpAddress> before = nodeAddresses;
    nodeAddresses = addresses;
    Stream.of(Sets.difference(before, addresses), Sets.difference(addresses, before))
        .flatMap(Set::stream)
        .filter(keysAt::containsKey)
        .forEach(this::touchAddress);
  }

  /** What may have changed since the last call. */
  public Touched takeTouched() {
    Touched taken = touched;
    touched = Touched.nothing();
    return taken;
  }

  /** The virtual server with this key, if there is to be one. */
  public Optional<VirtualServer> virtualServer(VirtualServerKey key) {
    return frontend(key).map(Frontend::server);
  }

  /** What is wanted of the virtual server with this key, if there is to be one. */
  public Optional<Frontend> frontend(VirtualServerKey key) {
    ImmutableList<Claim> sorted = claimsOf(key); // no lambdas: each event asks a dozen times
    return sorted.isEmpty()
        ? Optional.ofNullable(remnants.get(key)).map(Remnant::frontend)
        : Optional.of(sorted.getFirst().frontend);
  }

  /** The Service that a virtual server is for, or was for if it only drains. */
  public Optional<ObjectName> owner(VirtualServerKey key) {
    ImmutableList<Claim> sorted = claimsOf(key);
    return sorted.isEmpty()
        ? Optional.ofNullable(remnants.get(key)).flatMap(Remnant::owner)
        : Optional.of(sorted.getFirst().service);
  }

  /** All virtual servers that are to be. */
  public Set<VirtualServerKey> keys() {
    return Sets.union(claims.keySet(), remnants.keySet());
  }

  /** The Services that load balancers ask this node about. Costs as much as there are. */
  public ImmutableSortedMap<ObjectName, HealthCheck> healthChecks() {
    return ImmutableSortedMap.copyOf(healthChecks);
  }

  /** Goes up whenever {@link #healthChecks} differs. */
  public long healthChecksVersion() {
    return healthChecksVersion;
  }

  /** How many Services a policy keeps from being served here at all. */
  public int count(NoLocalEndpoints policy) {
    return missing.count(policy);
  }

  /** All addresses on which something is served, but for the node's own. */
  public Set<IpAddress> addresses() {
    return Collections.unmodifiableSet(keysAt.keySet());
  }

  /** The virtual servers of an address that is not the node's own. */
  public ImmutableSet<VirtualServerKey> keysAt(IpAddress address) {
    return keysAt.getOrDefault(address, ImmutableSet.of());
  }

  /** Whether the address is to be on kube-ipvs0. */
  public boolean isBound(IpAddress address) {
    return clusterIps.contains(address) || isGuarded(address);
  }

  /** Whether the packet filter's sets are to hold the element. */
  public boolean contains(SetElement element) {
    return element instanceof SetElement.Vip(IpAddress address)
        ? isGuarded(address)
        : elements.contains(element);
  }

  /** All that the packet filter's sets are to hold. */
  public ImmutableSet<SetElement> elements() {
    var all = ImmutableSet.<SetElement>builder().addAll(elements.elementSet());
    for (IpAddress address : keysAt.keySet()) {
      SetElement vip = new SetElement.Vip(address);
      if (contains(vip)) {
        all.add(vip);
      }
    }
    return all.build();
  }

  /** What could not be planned as wanted, by Service. */
  public ImmutableSortedMap<ObjectName, ImmutableList<String>> problems() {
    Map<ObjectName, ImmutableList<String>> problems = new HashMap<>();
    plans.values().stream()
        .filter(plan -> !plan.problems().isEmpty())
        .forEach(plan -> problems.put(plan.service(), plan.problems()));
    for (VirtualServerKey key : contested) {
      ImmutableList<Claim> all = claimsOf(key);
      for (Claim loser : all.subList(1, all.size())) {
        String line = key + " is already served for " + all.getFirst().service + "; left out";
        problems.merge(
            loser.service,
            ImmutableList.of(line),
            (a, b) -> ImmutableList.<String>builder().addAll(a).addAll(b).build());
      }
    }
    return ImmutableSortedMap.copyOf(problems);
  }

  /** Goes up whenever {@link #problems} may differ, so that nobody has to ask in vain. */
  public long problemsVersion() {
    return problemsVersion;
  }

  private void claim(VirtualServerKey key, ObjectName service, Optional<Frontend> wish) {
    ImmutableList<Claim> earlier = claimsOf(key);
    Optional<Frontend> before = frontend(key);
    ImmutableList<Claim> now = replaced(earlier, service, wish);
    if (now.isEmpty()) {
      claims.remove(key);
      earlier.stream().findFirst().ifPresent(it -> touched.formerOwners.put(key, it.service));
    } else {
      claims.put(key, now);
      remnants.remove(key);
    }
    if (now.size() > 1) {
      contested.add(key);
    } else {
      contested.remove(key);
    }
    if (Math.max(now.size(), earlier.size()) > 1 && !services(now).equals(services(earlier))) {
      problemsVersion++;
    }
    won(key, before, frontend(key));
  }

  /** The claims in their order, with the Service's own in place of its last one. */
  private static ImmutableList<Claim> replaced(
      List<Claim> earlier, ObjectName service, Optional<Frontend> wish) {
    List<Claim> now = new ArrayList<>(earlier.size() + 1);
    for (Claim claim : earlier) {
      if (!claim.service.equals(service)) {
        now.add(claim);
      }
    }
    wish.ifPresent(frontend -> now.add(new Claim(service, frontend)));
    return ImmutableList.sortedCopyOf(now);
  }

  private static List<ObjectName> services(List<Claim> claims) {
    return claims.stream().map(Claim::service).toList();
  }

  /** Another frontend counts for the key now. */
  private void won(VirtualServerKey key, Optional<Frontend> before, Optional<Frontend> now) {
    touched.keys.add(key);
    // Mostly only real servers differ.
    ImmutableList<SetElement> old = before.map(Frontend::elements).orElse(ImmutableList.of());
    ImmutableList<SetElement> wanted = now.map(Frontend::elements).orElse(ImmutableList.of());
    if (!wanted.equals(old)) {
      wanted.forEach(this::addElement);
      old.forEach(this::removeElement);
    }
    Optional<Kind> kind = now.map(Frontend::kind);
    Optional<Kind> kindBefore = before.map(Frontend::kind);
    if (key instanceof VirtualServerKey.Addressed addressed && !kind.equals(kindBefore)) {
      holdAddress(addressed, kindBefore, kind);
    }
  }

  /** An address is touched only if it comes, goes or is bound anew, not with each of its ports. */
  private void holdAddress(
      VirtualServerKey.Addressed key, Optional<Kind> before, Optional<Kind> now) {
    IpAddress address = key.address();
    boolean wasBound = isBound(address);
    boolean wasGuarded = isGuarded(address);
    if (now.isPresent() && now.get() != Kind.NODE) {
      addKey(address, key);
    } else {
      removeKey(address, key);
    }
    now.filter(Kind.CLUSTER_IP::equals).ifPresent(_ -> clusterIps.add(address));
    before.filter(Kind.CLUSTER_IP::equals).ifPresent(_ -> clusterIps.remove(address));
    if (wasBound != isBound(address) || wasGuarded != isGuarded(address)) {
      touchAddress(address);
    }
  }

  private void addKey(IpAddress address, VirtualServerKey key) {
    ImmutableSet<VirtualServerKey> keys = keysAt(address);
    if (!keys.contains(key)) {
      keysAt.put(address, ImmutableSet.<VirtualServerKey>builder().addAll(keys).add(key).build());
    }
  }

  private void removeKey(IpAddress address, VirtualServerKey key) {
    keysAt.computeIfPresent(
        address,
        (_, keys) -> {
          var rest = Sets.difference(keys, ImmutableSet.of(key)).immutableCopy();
          return rest.isEmpty() ? null : rest;
        });
  }

  /** Whether only Services are reached on the address: a device of the node has other uses. */
  private boolean isGuarded(IpAddress address) {
    return keysAt.containsKey(address) && !nodeAddresses.contains(address);
  }

  private void touchAddress(IpAddress address) {
    touched.addresses.add(address);
    touched.elements.add(new SetElement.Vip(address));
    touched.keys.addAll(keysAt(address));
  }

  private void addElement(SetElement element) {
    elements.add(element);
    touched.elements.add(element);
  }

  private void removeElement(SetElement element) {
    elements.remove(element);
    touched.elements.add(element);
  }

  private ImmutableList<Claim> claimsOf(VirtualServerKey key) {
    return claims.getOrDefault(key, ImmutableList.of());
  }
}
