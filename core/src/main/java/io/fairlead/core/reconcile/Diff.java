package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.Protocol;
import java.util.Optional;
import java.util.function.Consumer;

/** The smallest set of changes that turns one virtual server into another, in place. */
final class Diff {
  private Diff() {}

  /**
   * Brings a virtual server to what is wanted. What is added or edited goes into {@code build},
   * what disappears into {@code remove}, which is carried out last.
   *
   * @param idle real servers that drained and may go
   */
  static void toward(
      VirtualServer want,
      Optional<VirtualServer> have,
      ImmutableSet<RealServer> idle,
      Consumer<Change> build,
      Consumer<Change> remove) {
    VirtualServerKey key = want.key();
    if (have.isEmpty()) {
      build.accept(new Change.AddVirtualServer(key, want.options()));
    } else if (!have.get().options().equals(want.options())) {
      build.accept(new Change.EditVirtualServer(key, want.options()));
    }
    ImmutableSortedMap<RealServer, RealServerOptions> held =
        have.map(VirtualServer::realServers).orElse(ImmutableSortedMap.of());
    want.realServers()
        .forEach((server, options) -> {
          RealServerOptions now = held.get(server);
          if (now == null) {
            build.accept(new Change.AddRealServer(key, server, options));
          } else if (!now.equals(options)) {
            build.accept(new Change.EditRealServer(key, server, options));
          }
        });
    held.forEach((server, options) -> {
      if (!want.realServers().containsKey(server)) {
        retire(key, server, options, idle, build, remove);
      }
    });
  }

  /** Whether a real server keeps its connections when it is not wanted any more. */
  static boolean drains(VirtualServerKey key) {
    return switch (key) {
      // UDP has no end to wait for, and its clients would starve (kubernetes#71514, #76664).
      case VirtualServerKey.Addressed addressed -> addressed.protocol() == Protocol.TCP;
      case VirtualServerKey.Marked _ -> true;
    };
  }

  private static void retire(
      VirtualServerKey key,
      RealServer server,
      RealServerOptions options,
      ImmutableSet<RealServer> idle,
      Consumer<Change> build,
      Consumer<Change> remove) {
    if (!drains(key) || idle.contains(server)) {
      remove.accept(new Change.RemoveRealServer(key, server));
    } else if (options.weight() != 0) {
      build.accept(
          new Change.EditRealServer(
              key,
              server,
              new RealServerOptions(
                  0, options.forwarding(), options.upperThreshold(), options.lowerThreshold())));
    }
  }
}
