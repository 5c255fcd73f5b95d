package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.KernelState;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.IpAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the kernel is believed to hold: the last read-back, and every write that succeeded since.
 */
final class Belief {
  private boolean device;
  private boolean filterIntact;
  private final Set<IpAddress> bound = new HashSet<>();
  private final Set<SetElement> elements = new HashSet<>();

  /** Sorted by address first, so that an address's virtual servers are neighbours. */
  private final NavigableMap<VirtualServerKey, VirtualServer> virtualServers = new TreeMap<>();

  void replace(KernelState state) {
    device = state.device();
    filterIntact = state.filterIntact();
    bound.clear();
    bound.addAll(state.boundAddresses());
    elements.clear();
    elements.addAll(state.elements());
    virtualServers.clear();
    virtualServers.putAll(state.virtualServers());
  }

  boolean device() {
    return device;
  }

  boolean filterIntact() {
    return filterIntact;
  }

  Set<IpAddress> bound() {
    return bound;
  }

  Set<SetElement> elements() {
    return elements;
  }

  NavigableMap<VirtualServerKey, VirtualServer> virtualServers() {
    return virtualServers;
  }

  Optional<VirtualServer> virtualServer(VirtualServerKey key) {
    return Optional.ofNullable(virtualServers.get(key));
  }

  /** The keys of all virtual servers at this address. */
  Set<VirtualServerKey> at(IpAddress address) {
    return virtualServers
        .subMap(Addresses.first(address), true, Addresses.last(address), true)
        .keySet();
  }

  /** Believes that the kernel took these; real servers of one key are rebuilt once for all. */
  void accept(List<Change> done) {
    Map<VirtualServerKey, NavigableMap<RealServer, RealServerOptions>> edited = new HashMap<>();
    done.forEach(change -> accept(change, edited));
    edited.forEach((key, servers) ->
        virtualServers.computeIfPresent(
            key,
            (_, vs) ->
                new VirtualServer(key, vs.options(), ImmutableSortedMap.copyOfSorted(servers))));
  }

  private void accept(
      Change change, Map<VirtualServerKey, NavigableMap<RealServer, RealServerOptions>> edited) {
    switch (change) {
      case Change.CreateDevice() -> device = true;
      case Change.ReplaceFilter(var all) -> {
        filterIntact = true;
        elements.clear();
        elements.addAll(all);
      }
      case Change.EditFilter(var added, var removed) -> {
        elements.addAll(added);
        removed.forEach(elements::remove);
      }
      case Change.BindAddress(IpAddress address) -> bound.add(address);
      case Change.UnbindAddress(IpAddress address) -> bound.remove(address);
      case Change.AddVirtualServer(VirtualServerKey key, VirtualServerOptions options) ->
          virtualServers.put(key, new VirtualServer(key, options, ImmutableSortedMap.of()));
      case Change.EditVirtualServer(VirtualServerKey key, VirtualServerOptions options) ->
          virtualServers.computeIfPresent(
              key, (_, vs) -> new VirtualServer(key, options, vs.realServers()));
      case Change.RemoveVirtualServer(VirtualServerKey key) -> {
        virtualServers.remove(key);
        edited.remove(key);
      }
      case Change.AddRealServer(VirtualServerKey key, RealServer server, var options) ->
          servers(key, edited).put(server, options);
      case Change.EditRealServer(VirtualServerKey key, RealServer server, var options) ->
          servers(key, edited).put(server, options);
      case Change.RemoveRealServer(VirtualServerKey key, RealServer server) ->
          servers(key, edited).remove(server);
    }
  }

  private NavigableMap<RealServer, RealServerOptions> servers(
      VirtualServerKey key,
      Map<VirtualServerKey, NavigableMap<RealServer, RealServerOptions>> edited) {
    return edited.computeIfAbsent(
        key,
        _ ->
            new TreeMap<>(
                virtualServer(key)
                    .map(VirtualServer::realServers)
                    .orElse(ImmutableSortedMap.of())));
  }
}
