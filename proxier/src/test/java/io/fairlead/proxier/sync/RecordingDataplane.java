package io.fairlead.proxier.sync;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Connections;
import io.fairlead.core.dataplane.Dataplane;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.dataplane.KernelState;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A kernel in memory that writes down what is asked of it. Adding what is there and touching what
 * is not is refused, as the real one does.
 */
final class RecordingDataplane implements Dataplane {
  private boolean device;
  private boolean table;
  private final Set<IpAddress> bound = new HashSet<>();
  private final Set<SetElement> elements = new HashSet<>();
  private final Map<VirtualServerKey, VirtualServerOptions> virtualServers = new TreeMap<>();
  private final Map<VirtualServerKey, TreeMap<RealServer, RealServerOptions>> realServers =
      new HashMap<>();

  private final List<Change> written = new ArrayList<>();
  private int reads;

  /** What the test has the kernel do. */
  ImmutableSet<IpAddress> nodeAddresses = ImmutableSet.of();

  boolean readable = true;
  Function<Change, Optional<Failure>> refusal = _ -> Optional.empty();
  Runnable duringApply = () -> {};
  ImmutableMap<RealServer, Connections> connections = ImmutableMap.of();

  @Override
  public KernelState read() throws DataplaneException {
    reads++;
    if (!readable) {
      throw new DataplaneException("read addresses: ENOBUFS", new IllegalStateException());
    }
    var servers = ImmutableMap.<VirtualServerKey, VirtualServer>builder();
    virtualServers.forEach((key, options) -> servers.put(key, virtualServer(key, options)));
    return new KernelState(
        device,
        ImmutableSet.copyOf(bound),
        nodeAddresses,
        servers.buildOrThrow(),
        table,
        ImmutableSet.copyOf(elements));
  }

  private VirtualServer virtualServer(VirtualServerKey key, VirtualServerOptions options) {
    return new VirtualServer(key, options, ImmutableSortedMap.copyOf(realServersOf(key)));
  }

  @Override
  public ImmutableMap<RealServer, Connections> connections(VirtualServerKey key)
      throws DataplaneException {
    if (!readable) {
      throw new DataplaneException("read real servers: ENOBUFS", new IllegalStateException());
    }
    return connections;
  }

  @Override
  public ImmutableList<Failure> apply(ImmutableList<Change> changes) {
    duringApply.run();
    var failures = ImmutableList.<Failure>builder();
    for (Change change : changes) {
      Optional<Failure> refused = refusal.apply(change);
      if (refused.isEmpty() && !apply(change)) {
        refused = Optional.of(new Failure(change, "the kernel is not so", true));
      }
      refused.ifPresentOrElse(failures::add, () -> written.add(change));
    }
    return failures.build();
  }

  private boolean apply(Change change) {
    return switch (change) {
      case Change.CreateDevice _ -> device = true;
      case Change.ReplaceFilter replace -> {
        elements.clear();
        elements.addAll(replace.elements());
        yield table = true;
      }
      case Change.EditFilter edit ->
          table && elements.containsAll(edit.remove()) && replace(edit.remove(), edit.add());
      case Change.BindAddress bind -> device && bound.add(bind.address());
      case Change.UnbindAddress unbind -> bound.remove(unbind.address());
      case Change.AddVirtualServer add ->
          virtualServers.putIfAbsent(add.key(), add.options()) == null;
      case Change.EditVirtualServer edit ->
          virtualServers.replace(edit.key(), edit.options()) != null;
      case Change.RemoveVirtualServer remove -> {
        realServers.remove(remove.key());
        yield virtualServers.remove(remove.key()) != null;
      }
      case Change.AddRealServer add ->
          virtualServers.containsKey(add.key())
              && realServersOf(add.key()).putIfAbsent(add.server(), add.options()) == null;
      case Change.EditRealServer edit ->
          realServersOf(edit.key()).replace(edit.server(), edit.options()) != null;
      case Change.RemoveRealServer remove ->
          realServersOf(remove.key()).remove(remove.server()) != null;
    };
  }

  private boolean replace(List<SetElement> remove, List<SetElement> add) {
    remove.forEach(elements::remove);
    elements.addAll(add);
    return true;
  }

  private TreeMap<RealServer, RealServerOptions> realServersOf(VirtualServerKey key) {
    return realServers.computeIfAbsent(key, _ -> new TreeMap<>());
  }

  /** Somebody else removes all virtual servers. */
  void flush() {
    virtualServers.clear();
    realServers.clear();
  }

  /** The real servers of all virtual servers with their weights: {@code 10.0.0.1:8080=1}. */
  Map<String, Integer> weights() {
    Map<String, Integer> weights = new TreeMap<>();
    realServers
        .values()
        .forEach(
            servers ->
                servers.forEach(
                    (server, options) -> weights.put(server.toString(), options.weight())));
    return weights;
  }

  /** What was done since the last call, in its order. */
  List<Change> takeWritten() {
    List<Change> taken = List.copyOf(written);
    written.clear();
    return taken;
  }

  int reads() {
    return reads;
  }
}
