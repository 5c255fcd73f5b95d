package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Comparison.Delta;
import io.fairlead.core.dataplane.Drift;
import io.fairlead.core.dataplane.KernelView;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.IpAddress;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the kernel is believed to hold: what was read back, and the changes that it took since.
 * Others' virtual servers are in here too.
 */
final class Belief implements KernelView {
  private final Map<VirtualServerKey, VirtualServer> servers = new HashMap<>();
  private final Set<IpAddress> bound = new HashSet<>();
  private final Set<SetElement> elements = new HashSet<>();
  private boolean device;
  private boolean filterIntact;
  private OptionalInt filterVersion = OptionalInt.empty();

  /** Takes what a read-back found. */
  void take(Drift drift) {
    drift
        .virtualServers()
        .forEach((key, held) ->
            held.ifPresentOrElse(it -> servers.put(key, it), () -> servers.remove(key)));
    take(bound, drift.boundAddresses());
    take(elements, drift.elements());
    device = drift.device();
    filterIntact = drift.filterIntact();
    filterVersion = drift.filterVersion();
  }

  private static <T> void take(Set<T> set, Delta<T> drift) {
    set.addAll(drift.more());
    drift.less().forEach(set::remove);
  }

  Optional<VirtualServer> virtualServer(VirtualServerKey key) {
    return Optional.ofNullable(servers.get(key));
  }

  Set<VirtualServerKey> keys() {
    return Collections.unmodifiableSet(servers.keySet());
  }

  @Override
  public Map<VirtualServerKey, VirtualServer> virtualServers() {
    return Collections.unmodifiableMap(servers);
  }

  @Override
  public Set<IpAddress> boundAddresses() {
    return Collections.unmodifiableSet(bound);
  }

  @Override
  public Set<SetElement> elements() {
    return Collections.unmodifiableSet(elements);
  }

  @Override
  public boolean device() {
    return device;
  }

  @Override
  public boolean filterIntact() {
    return filterIntact;
  }

  @Override
  public OptionalInt filterVersion() {
    return filterVersion;
  }

  /**
   * Takes changes as done. Those of one virtual server are gathered first, so that it is copied
   * once and not once for each real server.
   *
   * @return the keys of the virtual servers that changed
   */
  Set<VirtualServerKey> apply(Iterable<Change> changes) {
    Map<VirtualServerKey, Draft> drafts = new HashMap<>();
    for (Change change : changes) {
      apply(change, drafts);
    }
    drafts.forEach((key, draft) ->
        draft.freeze(key).ifPresentOrElse(it -> servers.put(key, it), () -> servers.remove(key)));
    return drafts.keySet();
  }

  /** Shares the wanted instance if it is equal: a big cluster is then held once, not twice. */
  void share(VirtualServer wanted) {
    servers.computeIfPresent(wanted.key(), (_, held) -> held.equals(wanted) ? wanted : held);
  }

  private void apply(Change change, Map<VirtualServerKey, Draft> drafts) {
    switch (change) {
      case Change.CreateDevice() -> device = true;
      case Change.ReplaceFilter(ImmutableList<SetElement> all) -> {
        elements.clear();
        elements.addAll(all);
        filterIntact = true;
        filterVersion = OptionalInt.empty();
      }
      case Change.EditFilter(ImmutableList<SetElement> add, ImmutableList<SetElement> remove) -> {
        remove.forEach(elements::remove);
        elements.addAll(add);
        filterVersion = OptionalInt.empty();
      }
      case Change.BindAddress(IpAddress address) -> bound.add(address);
      case Change.UnbindAddress(IpAddress address) -> bound.remove(address);
      case Change.AddVirtualServer add -> draft(drafts, add.key()).options(add.options());
      case Change.EditVirtualServer edit -> draft(drafts, edit.key()).options(edit.options());
      case Change.RemoveVirtualServer remove -> draft(drafts, remove.key()).clear();
      case Change.AddRealServer add ->
          draft(drafts, add.key()).real.put(add.server(), add.options());
      case Change.EditRealServer edit ->
          draft(drafts, edit.key()).real.put(edit.server(), edit.options());
      case Change.RemoveRealServer remove ->
          draft(drafts, remove.key()).real.remove(remove.server());
      case Change.ForgetFlows
              _ -> {} // flows come and go by themselves: nothing is believed of them
    }
  }

  private Draft draft(Map<VirtualServerKey, Draft> drafts, VirtualServerKey key) {
    return drafts.computeIfAbsent(key, _ -> new Draft(virtualServer(key)));
  }

  /** A virtual server while changes are applied to it. */
  private static final class Draft {
    private final TreeMap<RealServer, RealServerOptions> real;
    private Optional<VirtualServerOptions> options;

    Draft(Optional<VirtualServer> from) {
      options = from.map(VirtualServer::options);
      real = from.map(server -> new TreeMap<>(server.realServers())).orElseGet(TreeMap::new);
    }

    void options(VirtualServerOptions changed) {
      options = Optional.of(changed);
    }

    void clear() {
      options = Optional.empty();
      real.clear();
    }

    Optional<VirtualServer> freeze(VirtualServerKey key) {
      return options.map(it -> new VirtualServer(key, it, ImmutableSortedMap.copyOfSorted(real)));
    }
  }
}
