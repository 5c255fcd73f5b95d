package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.plan.DesiredState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Puts changes into their safe order: filter before addresses before virtual servers before real
 * servers, and removals after everything else, the other way round. The API server's own Service
 * goes ahead of all others, since the node cannot do without it (kubernetes#133773).
 */
final class ChangePlan {
  private static final ObjectName API_SERVER = new ObjectName("default", "kubernetes");

  private final DesiredState desired;
  private final Belief belief;
  private final Predicate<VirtualServerKey> isOurs;
  private final Predicate<VirtualServerKey> isStranger;
  private final Map<VirtualServerKey, ImmutableSet<RealServer>> idle;

  private final List<Change> filter = new ArrayList<>();
  private final Group first = new Group();
  private final Group rest = new Group();
  private final List<Change> removedRealServers = new ArrayList<>();
  private final List<Change> removedVirtualServers = new ArrayList<>();
  private final List<Change> unbound = new ArrayList<>();
  private final List<SetElement> removedElements = new ArrayList<>();

  ChangePlan(
      DesiredState desired,
      Belief belief,
      Predicate<VirtualServerKey> isOurs,
      Predicate<VirtualServerKey> isStranger,
      Map<VirtualServerKey, ImmutableSet<RealServer>> idle) {
    this.desired = desired;
    this.belief = belief;
    this.isOurs = isOurs;
    this.isStranger = isStranger;
    this.idle = idle;
  }

  /** What is built for some Services. */
  private static final class Group {
    private final List<Change> addresses = new ArrayList<>();
    private final List<Change> servers = new ArrayList<>();
  }

  /**
   * The changes for what was touched.
   *
   * @param everything whether that is all there is: only then the device and the table are mended,
   *     so that a kernel that refuses them is not asked again with every event
   */
  ImmutableList<Change> changes(DesiredState.Touched touched, boolean everything) {
    if (everything && !belief.hasDevice()) {
      filter.add(new Change.CreateDevice());
    }
    filter(touched.elements(), everything);
    for (IpAddress address : ImmutableSortedSet.copyOf(touched.addresses())) {
      address(address);
    }
    for (VirtualServerKey key : ImmutableSortedSet.copyOf(touched.keys())) {
      virtualServer(key);
    }
    var ordered = ImmutableList.<Change>builder();
    ordered.addAll(filter);
    ordered.addAll(first.addresses).addAll(first.servers);
    ordered.addAll(rest.addresses).addAll(rest.servers);
    ordered.addAll(removedRealServers).addAll(removedVirtualServers).addAll(unbound);
    if (!removedElements.isEmpty()) {
      ordered.add(new Change.EditFilter(ImmutableList.of(), ImmutableList.copyOf(removedElements)));
    }
    return ordered.build();
  }

  private void filter(Set<SetElement> elements, boolean everything) {
    if (!belief.isFilterIntact()) {
      if (everything) {
        filter.add(new Change.ReplaceFilter(desired.elements().asList()));
      }
      return;
    }
    var added = ImmutableList.<SetElement>builder();
    for (SetElement element : elements) {
      boolean wanted = desired.contains(element);
      boolean held = belief.elements().contains(element);
      if (wanted && !held) {
        added.add(element);
      } else if (held && !wanted) {
        removedElements.add(element);
      }
    }
    ImmutableList<SetElement> list = added.build();
    if (!list.isEmpty()) {
      filter.add(new Change.EditFilter(list, ImmutableList.of()));
    }
  }

  private void address(IpAddress address) {
    boolean wanted = desired.isBound(address);
    boolean held = belief.bound().contains(address);
    if (wanted && !held) {
      boolean isFirst = desired.keysAt(address).stream().anyMatch(this::isApiServer);
      (isFirst ? first : rest).addresses.add(new Change.BindAddress(address));
    } else if (held && !wanted) {
      unbound.add(new Change.UnbindAddress(address));
    }
  }

  private void virtualServer(VirtualServerKey key) {
    if (isStranger.test(key)) {
      return;
    }
    Optional<VirtualServer> want = desired.virtualServer(key);
    Optional<VirtualServer> have = belief.virtualServer(key);
    if (want.isPresent()) {
      Diff.toward(
          want.get(),
          have,
          idle.getOrDefault(key, ImmutableSet.of()),
          (isApiServer(key) ? first : rest).servers::add,
          removedRealServers::add);
    } else if (have.isPresent() && isOurs.test(key)) {
      removedVirtualServers.add(new Change.RemoveVirtualServer(key));
    }
  }

  private boolean isApiServer(VirtualServerKey key) {
    return desired.owner(key).filter(API_SERVER::equals).isPresent();
  }
}
