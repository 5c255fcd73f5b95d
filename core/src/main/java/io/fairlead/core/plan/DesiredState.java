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
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All plans merged: what should be in the kernel. A plan that comes or goes costs what is in it,
 * and the result never depends on the order in which plans came.
 *
 * <p>INVARIANT: an element's count is the number of plans and winning frontends that want it, plus
 * one for the Vip of an address that Services have and no real interface does.
 */
public final class DesiredState {
  private final Map<ObjectName, ServicePlan> plans = new HashMap<>();

  /** Per key, who wants it: the winner first, and rarely anyone else. */
  private final Map<VirtualServerKey, ImmutableList<Claim>> claims = new HashMap<>();

  private final Set<VirtualServerKey> contested = new TreeSet<>();
  private final Set<ObjectName> flawed = new TreeSet<>();

  private record AddressUse(IpAddress address, Exposure exposure) {}

  private final Multiset<AddressUse> uses = HashMultiset.create();
  private final Set<IpAddress> bound = new HashSet<>();
  private final Multiset<SetElement> elements = HashMultiset.create();
  private ImmutableSet<IpAddress> nodeAddresses = ImmutableSet.of();

  /** Puts a plan in place of the one that this Service had before, if it had one. */
  public Delta put(ServicePlan plan) {
    return replace(plan.service(), Optional.of(plan));
  }

  /** Forgets what this Service wanted. */
  public Delta remove(ObjectName service) {
    return replace(service, Optional.empty());
  }

  /** Takes note of the addresses that real interfaces have: those must not be bound or guarded. */
  public Delta nodeAddresses(ImmutableSet<IpAddress> now) {
    var recorder = new Delta.Recorder();
    Set<IpAddress> moved = Sets.symmetricDifference(nodeAddresses, now).immutableCopy();
    nodeAddresses = now;
    moved.forEach(address -> settle(address, recorder));
    return recorder.finish(this);
  }

  public Optional<VirtualServer> virtualServer(VirtualServerKey key) {
    return frontend(key).map(Frontend::virtualServer);
  }

  /** The Service that a wanted virtual server belongs to. */
  public Optional<ObjectName> owner(VirtualServerKey key) {
    return winner(key).map(Claim::service);
  }

  /** Whether the address belongs on kube-ipvs0. */
  public boolean binds(IpAddress address) {
    return bound.contains(address);
  }

  /** Whether this Service uses the address; costs what is in its plan. */
  public boolean isUsedBy(IpAddress address, ObjectName service) {
    return plans.getOrDefault(service, ServicePlan.nothing(service)).frontends().keySet().stream()
        .anyMatch(key ->
            key instanceof VirtualServerKey.Addressed addressed
                && addressed.address().equals(address));
  }

  public boolean wants(SetElement element) {
    return elements.contains(element);
  }

  /** A live view of all wanted keys, in no order. */
  public Set<VirtualServerKey> virtualServerKeys() {
    return Collections.unmodifiableSet(claims.keySet());
  }

  /** A live view of all addresses that belong on kube-ipvs0, in no order. */
  public Set<IpAddress> boundAddresses() {
    return Collections.unmodifiableSet(bound);
  }

  /** A live view of all wanted elements, in no order. */
  public Set<SetElement> elements() {
    return Collections.unmodifiableSet(elements.elementSet());
  }

  /** What is wrong, by Service; built anew at each call, at the cost of what is wrong. */
  public ImmutableSortedMap<ObjectName, ImmutableList<String>> problems() {
    Map<ObjectName, List<String>> problems = new TreeMap<>();
    for (ObjectName service : flawed) {
      ServicePlan plan = plans.get(service);
      if (plan != null) {
        problems.put(service, new ArrayList<>(plan.problems()));
      }
    }
    contested.forEach(key -> reportLosers(key, problems));
    var copy = ImmutableSortedMap.<ObjectName, ImmutableList<String>>naturalOrder();
    problems.forEach((service, texts) -> copy.put(service, ImmutableList.copyOf(texts)));
    return copy.build();
  }

  Optional<Frontend> frontend(VirtualServerKey key) {
    return winner(key).map(Claim::frontend);
  }

  private Optional<Claim> winner(VirtualServerKey key) {
    ImmutableList<Claim> found = claims.get(key);
    return found == null ? Optional.empty() : Optional.of(found.getFirst());
  }

  private Delta replace(ObjectName service, Optional<ServicePlan> next) {
    var recorder = new Delta.Recorder();
    ServicePlan none = ServicePlan.nothing(service);
    ServicePlan old = plans.getOrDefault(service, none);
    ServicePlan now = next.orElse(none);
    old.frontends().values().stream()
        .filter(frontend -> !stays(frontend, now))
        .forEach(frontend -> withdraw(service, frontend, recorder));
    now.frontends().values().stream()
        .filter(frontend -> !stays(frontend, old))
        .forEach(frontend -> claim(new Claim(service, frontend), recorder));
    Sets.difference(old.elements(), now.elements()).forEach(e -> release(e, recorder));
    Sets.difference(now.elements(), old.elements()).forEach(e -> want(e, recorder));
    next.ifPresentOrElse(plan -> plans.put(service, plan), () -> plans.remove(service));
    mark(flawed, service, !now.problems().isEmpty());
    return recorder.finish(this);
  }

  private static boolean stays(Frontend frontend, ServicePlan plan) {
    return frontend.equals(plan.frontends().get(frontend.virtualServer().key()));
  }

  private void claim(Claim claim, Delta.Recorder recorder) {
    VirtualServerKey key = claim.frontend().virtualServer().key();
    ImmutableList<Claim> others = claims.getOrDefault(key, ImmutableList.of());
    settle(key, others, Claim.with(others, claim), recorder);
    use(key, claim.exposure(), 1, recorder);
  }

  private void withdraw(ObjectName service, Frontend frontend, Delta.Recorder recorder) {
    VirtualServerKey key = frontend.virtualServer().key();
    ImmutableList<Claim> all = claims.getOrDefault(key, ImmutableList.of());
    settle(key, all, Claim.without(all, service), recorder);
    use(key, frontend.exposure(), -1, recorder);
  }

  /** Replaces a key's claims; where the winner changed, the filter's elements follow. */
  private void settle(
      VirtualServerKey key,
      ImmutableList<Claim> before,
      ImmutableList<Claim> after,
      Delta.Recorder recorder) {
    recorder.before(key, frontend(key));
    if (after.isEmpty()) {
      claims.remove(key);
    } else {
      claims.put(key, after);
    }
    mark(contested, key, after.size() > 1);
    before.stream()
        .limit(1)
        .forEach(c -> c.frontend().elements().forEach(e -> release(e, recorder)));
    after.stream().limit(1).forEach(c -> c.frontend().elements().forEach(e -> want(e, recorder)));
  }

  private void use(VirtualServerKey key, Exposure exposure, int change, Delta.Recorder recorder) {
    switch (key) {
      case VirtualServerKey.Addressed(IpAddress address, _, _) -> {
        var use = new AddressUse(address, exposure);
        uses.setCount(use, uses.count(use) + change);
        settle(address, recorder);
      }
      case VirtualServerKey.Marked _ -> {} // a mark has no address
    }
  }

  /**
   * Brings an address's binding and Vip element in line with its uses and the node's interfaces.
   */
  private void settle(IpAddress address, Delta.Recorder recorder) {
    boolean clusterIp = uses.contains(new AddressUse(address, Exposure.CLUSTER_IP));
    boolean external = uses.contains(new AddressUse(address, Exposure.EXTERNAL));
    boolean onNode = nodeAddresses.contains(address);
    recorder.before(address, binds(address));
    mark(bound, address, clusterIp || (external && !onNode));
    boolean vip = (clusterIp || external) && !onNode;
    var element = new SetElement.Vip(address);
    if (vip && !wants(element)) {
      want(element, recorder);
    } else if (!vip && wants(element)) {
      release(element, recorder);
    }
  }

  private void want(SetElement element, Delta.Recorder recorder) {
    recorder.before(element, wants(element));
    elements.add(element);
  }

  private void release(SetElement element, Delta.Recorder recorder) {
    recorder.before(element, wants(element));
    elements.remove(element);
  }

  private void reportLosers(VirtualServerKey key, Map<ObjectName, List<String>> problems) {
    ImmutableList<Claim> all = claims.getOrDefault(key, ImmutableList.of());
    for (Claim loser : all.subList(1, all.size())) {
      String text =
          "%s belongs to Service %s; that of Service %s is left out"
              .formatted(key, all.getFirst().service(), loser.service());
      problems.computeIfAbsent(loser.service(), _ -> new ArrayList<>()).add(text);
    }
  }

  private static <T> void mark(Set<T> set, T item, boolean member) {
    if (member) {
      set.add(item);
    } else {
      set.remove(item);
    }
  }
}
