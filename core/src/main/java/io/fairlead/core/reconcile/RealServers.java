package io.fairlead.core.reconcile;

import com.google.common.collect.Maps;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.Protocol;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The difference between a virtual server's real servers as they are and as they should be.
 *
 * <p>A TCP real server that is no longer wanted drains: weight 0 until it is idle. Deleting it
 * would cut its connections, and fill the kernel's trash list, which every addition searches. UDP
 * clients would never notice weight 0 (kubernetes#71514), so other protocols' are deleted at once.
 */
final class RealServers {
  private RealServers() {}

  /**
   * Adds the changes from {@code have} to {@code want}.
   *
   * @param idle real servers that were seen without connections
   */
  static void diff(
      VirtualServer have,
      VirtualServer want,
      Set<RealServer> idle,
      Consumer<Change> build,
      Consumer<Change> remove) {
    VirtualServerKey key = want.key();
    want.realServers()
        .forEach((server, options) -> {
          RealServerOptions known = have.realServers().get(server);
          if (known == null) {
            build.accept(new Change.AddRealServer(key, server, options));
          } else if (!known.equals(options)) {
            build.accept(new Change.EditRealServer(key, server, options));
          }
        });
    unwanted(have, want)
        .forEach((server, known) -> {
          if (!drains(key) || (known.weight() == 0 && idle.contains(server))) {
            remove.accept(new Change.RemoveRealServer(key, server));
          } else if (known.weight() != 0) {
            build.accept(new Change.EditRealServer(key, server, known.withWeight(0)));
          }
        });
  }

  /** Whether a real server that nobody wants is waiting for its connections to end. */
  static boolean draining(VirtualServer have, VirtualServer want) {
    return drains(want.key())
        && unwanted(have, want).values().stream().anyMatch(options -> options.weight() == 0);
  }

  private static Map<RealServer, RealServerOptions> unwanted(
      VirtualServer have, VirtualServer want) {
    return Maps.filterKeys(have.realServers(), server -> !want.realServers().containsKey(server));
  }

  /** A mark may stand for TCP, so its connections are spared as well. */
  private static boolean drains(VirtualServerKey key) {
    return switch (key) {
      case VirtualServerKey.Addressed(_, _, Protocol protocol) -> protocol == Protocol.TCP;
      case VirtualServerKey.Marked _ -> true;
    };
  }
}
