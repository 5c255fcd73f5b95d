package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Iterables;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The smallest set of changes that turns one virtual server into another, in place. */
final class Diff {
  private final String nodeName;

  Diff(String nodeName) {
    this.nodeName = nodeName;
  }

  /**
   * Brings a virtual server to what is wanted.
   *
   * @param drains whether a real server that is not wanted keeps its connections
   * @param idle real servers that drained and may go
   * @param build gets what is added or edited
   * @param retire gets real servers that only serve on what they have
   * @param remove gets what disappears, which is carried out last
   */
  void toward(
      VirtualServer want,
      Optional<VirtualServer> have,
      boolean drains,
      ImmutableSet<RealServer> idle,
      List<Change> build,
      List<Change> retire,
      List<Change> remove) {
    VirtualServerKey key = want.key();
    if (have.isEmpty()) {
      build.add(new Change.AddVirtualServer(key, want.options()));
    } else if (!have.get().options().equals(want.options())) {
      build.add(new Change.EditVirtualServer(key, want.options()));
    }
    ImmutableSortedMap<RealServer, RealServerOptions> held =
        have.map(VirtualServer::realServers).orElse(ImmutableSortedMap.of());
    for (Map.Entry<RealServer, RealServerOptions> entry : inOrder(want)) {
      RealServerOptions now = held.get(entry.getKey());
      if (now == null) {
        build.add(new Change.AddRealServer(key, entry.getKey(), entry.getValue()));
      } else if (!now.equals(entry.getValue())) {
        build.add(new Change.EditRealServer(key, entry.getKey(), entry.getValue()));
      }
    }
    held.forEach((server, options) -> {
      if (want.realServers().containsKey(server)) {
        return;
      }
      if (!drains || idle.contains(server)) {
        remove.add(new Change.RemoveRealServer(key, server));
      } else if (options.weight() != 0) {
        retire.add(new Change.EditRealServer(key, server, drained(options)));
      }
    });
  }

  private static RealServerOptions drained(RealServerOptions options) {
    return new RealServerOptions(
        0, options.forwarding(), options.upperThreshold(), options.lowerThreshold());
  }

  /**
   * Hashing schedulers fill their tables in the order of insertion, which has to be the same on
   * every node. For the others each node begins elsewhere, lest all of them send their first
   * connection to the same pod (kubernetes#79213).
   */
  private Iterable<Map.Entry<RealServer, RealServerOptions>> inOrder(VirtualServer want) {
    ImmutableList<Map.Entry<RealServer, RealServerOptions>> sorted =
        want.realServers().entrySet().asList();
    return switch (want.options().scheduler()) {
      case "mh", "sh", "dh" -> sorted;
      default -> {
        // Texts have the same hash in every process; keys, which hold enums, have not.
        int hash = 31 * nodeName.hashCode() + want.key().toString().hashCode();
        int start = sorted.isEmpty() ? 0 : Math.floorMod(hash, sorted.size());
        yield Iterables.concat(sorted.subList(start, sorted.size()), sorted.subList(0, start));
      }
    };
  }
}
