package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.DesiredState;
import io.fairlead.core.plan.Frontend;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Puts changes into their safe order: filter before addresses before virtual servers before real
 * servers, and removals after everything else, the other way round. A virtual server that goes by
 * mark comes before the rule that marks packets for it, and goes after it. The API server's own
 * Service goes ahead of all others, since the node cannot do without it (kubernetes#133773).
 */
final class ChangePlan {
  private static final ObjectName API_SERVER = new ObjectName("default", "kubernetes");
  private static final ImmutableSortedMap<RealServer, RealServerOptions> NOBODY =
      ImmutableSortedMap.of();

  private final DesiredState desired;
  private final Belief belief;
  private final Ownership ownership;
  private final Predicate<VirtualServerKey> drains;
  private final Map<VirtualServerKey, ImmutableSet<RealServer>> idle;
  private final Diff diff;

  private final List<Change> device = new ArrayList<>();
  private final List<Change> marked = new ArrayList<>();
  private final List<Change> filter = new ArrayList<>();
  private final Group first = new Group();
  private final Group rest = new Group();
  private final List<Change> removedRealServers = new ArrayList<>();
  private final List<Change> removedVirtualServers = new ArrayList<>();
  private final List<Change> unbound = new ArrayList<>();
  private final List<SetElement> removedElements = new ArrayList<>();
  private final List<Change> removedMarked = new ArrayList<>();
  private final Set<VirtualServerKey.Addressed> stale = new LinkedHashSet<>();

  /**
   * @param drains whether a real server of the virtual server keeps its connections when it goes
   * @param idle real servers that drained, or whose time is over, and may go
   */
  ChangePlan(
      DesiredState desired,
      Belief belief,
      Ownership ownership,
      Predicate<VirtualServerKey> drains,
      Map<VirtualServerKey, ImmutableSet<RealServer>> idle,
      Diff diff) {
    this.desired = desired;
    this.belief = belief;
    this.ownership = ownership;
    this.drains = drains;
    this.idle = idle;
    this.diff = diff;
  }

  /** What is built for some Services. */
  private static final class Group {
    private final List<Change> addresses = new ArrayList<>();
    private final List<Change> servers = new ArrayList<>();
  }

  /** Has flows forgotten that could not be the last time. */
  void forgetAgain(Set<VirtualServerKey.Addressed> keys) {
    stale.addAll(keys);
  }

  /**
   * The changes for what was touched.
   *
   * @param audited whether the kernel was just read: only then the device and the table are mended,
   *     so that a kernel that refuses them is not asked again with every event
   */
  ImmutableList<Change> changes(DesiredState.Touched touched, boolean audited) {
    if (audited && !belief.device()) {
      device.add(new Change.CreateDevice());
    }
    filter(touched.elements(), audited);
    for (IpAddress address : ImmutableSortedSet.copyOf(touched.addresses())) {
      address(address);
    }
    for (VirtualServerKey key : ImmutableSortedSet.copyOf(touched.keys())) {
      virtualServer(key);
    }
    return ordered();
  }

  private ImmutableList<Change> ordered() {
    var ordered = ImmutableList.<Change>builder();
    ordered.addAll(device).addAll(marked).addAll(filter);
    ordered.addAll(first.addresses).addAll(first.servers);
    ordered.addAll(rest.addresses).addAll(rest.servers);
    ordered.addAll(removedRealServers).addAll(removedVirtualServers).addAll(unbound);
    if (!removedElements.isEmpty()) {
      ordered.add(new Change.EditFilter(ImmutableList.of(), ImmutableList.copyOf(removedElements)));
    }
    ordered.addAll(removedMarked);
    stale.forEach(key -> ordered.add(new Change.ForgetFlows(key, leadTo(key))));
    return ordered.build();
  }

  private void filter(Set<SetElement> elements, boolean audited) {
    if (!belief.filterIntact()) {
      if (audited) {
        filter.add(new Change.ReplaceFilter(desired.elements().asList()));
      }
      return;
    }
    var added = ImmutableList.<SetElement>builder();
    var replaced = ImmutableList.<SetElement>builder();
    for (SetElement element : elements) {
      boolean wanted = desired.contains(element);
      boolean held = belief.elements().contains(element);
      if (held && !wanted && element instanceof SetElement.LocalOnly local) {
        addStale(local.key());
      }
      if (wanted && !held) {
        added.add(element);
      } else if (held && !wanted && isRuleOfPortThatStays(element)) {
        replaced.add(element);
      } else if (held && !wanted) {
        removedElements.add(element);
      }
    }
    var edit = new Change.EditFilter(added.build(), replaced.build());
    if (!edit.add().isEmpty() || !edit.remove().isEmpty()) {
      filter.add(edit);
    }
  }

  /**
   * A port that stays gets all of its new rules at one moment: no packet may meet a half of them.
   * Only what keeps clients out for want of endpoints goes later, when there are some.
   */
  private boolean isRuleOfPortThatStays(SetElement element) {
    return switch (element) {
      case SetElement.ServicePort port ->
          switch (port.set()) {
            case NO_ENDPOINTS, NO_LOCAL -> false;
            case SERVICES, MASQUERADE, CLUSTER_IPS, NO_LOCAL_EXTERNAL, LIMITED ->
                desired.frontend(port.key()).isPresent();
          };
      case SetElement.LocalOnly local -> desired.frontend(local.key()).isPresent();
      case SetElement.Allowed allowed -> desired.frontend(allowed.key()).isPresent();
      case SetElement.PodRange _ -> true; // the kernel refuses one that overlaps the one before
      case SetElement.Vip _, SetElement.Hairpin _ -> false;
    };
  }

  private void address(IpAddress address) {
    boolean wanted = desired.isBound(address);
    boolean held = belief.boundAddresses().contains(address);
    if (wanted && !held) {
      boolean isFirst = desired.keysAt(address).stream().anyMatch(this::isApiServer);
      (isFirst ? first : rest).addresses.add(new Change.BindAddress(address));
    } else if (held && !wanted) {
      unbound.add(new Change.UnbindAddress(address));
    }
  }

  private void virtualServer(VirtualServerKey key) {
    if (ownership.isStranger(key)) {
      return;
    }
    Optional<VirtualServer> want = desired.virtualServer(key);
    Optional<VirtualServer> have = belief.virtualServer(key);
    if (want.isPresent()) {
      List<Change> servers = (isApiServer(key) ? first : rest).servers;
      List<Change> gone = new ArrayList<>();
      diff.toward(
          want.get(),
          have,
          drains.test(key),
          idle.getOrDefault(key, ImmutableSet.of()),
          isMarked(key) ? marked : servers,
          servers,
          gone);
      removedRealServers.addAll(gone);
      boolean isFirst = have.map(VirtualServer::realServers).orElse(NOBODY).isEmpty();
      if (!gone.isEmpty() || (isFirst && !want.get().realServers().isEmpty())) {
        flowsMayBeStale(key);
      }
    } else if (have.isPresent() && ownership.isOurs(key)) {
      (isMarked(key) ? removedMarked : removedVirtualServers)
          .add(new Change.RemoveVirtualServer(key));
      flowsMayBeStale(key);
    }
  }

  private static boolean isMarked(VirtualServerKey key) {
    return key instanceof VirtualServerKey.Marked;
  }

  /** UDP flows have no end that would bring the client to another endpoint by itself. */
  private void flowsMayBeStale(VirtualServerKey key) {
    switch (key) {
      case VirtualServerKey.Addressed addressed -> addStale(addressed);
      case VirtualServerKey.Marked marked ->
          desired
              .frontend(marked)
              .map(Frontend::siblings)
              .orElse(ImmutableSet.of())
              .forEach(sibling -> {
                if (sibling instanceof VirtualServerKey.Addressed addressed) {
                  addStale(addressed);
                }
              });
    }
  }

  private void addStale(VirtualServerKey.Addressed key) {
    if (key.protocol() == Protocol.UDP) {
      stale.add(key);
    }
  }

  /** The real servers that the address's packets may go to, whichever virtual server takes them. */
  private ImmutableSet<RealServer> leadTo(VirtualServerKey.Addressed key) {
    Optional<Frontend> frontend = desired.frontend(key);
    var servers = ImmutableSet.<RealServer>builder();
    frontend.ifPresent(it -> servers.addAll(it.server().realServers().keySet()));
    frontend
        .map(Frontend::siblings)
        .orElse(ImmutableSet.of())
        .forEach(sibling ->
            desired
                .virtualServer(sibling)
                .ifPresent(it -> servers.addAll(it.realServers().keySet())));
    return servers.build();
  }

  private boolean isApiServer(VirtualServerKey key) {
    return desired.owner(key).filter(API_SERVER::equals).isPresent();
  }
}
