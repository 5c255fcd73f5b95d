package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.List;
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
    VirtualServer holding =
        have.orElseGet(() -> new VirtualServer(key, want.options(), ImmutableSortedMap.of()));
    ImmutableList<RealServer> servers = want.realServers().keySet().asList();
    ImmutableList<RealServerOptions> options = want.realServers().values().asList();
    ImmutableList<RealServer> heldServers = holding.realServers().keySet().asList();
    ImmutableList<RealServerOptions> heldOptions = holding.realServers().values().asList();
    Places places = Places.of(want, holding);
    int first = first(want);
    for (int i = 0; i < servers.size(); i++) {
      int at = (first + i) % servers.size();
      int place = places.inHeld(at);
      if (place == Places.NOWHERE) {
        build.add(new Change.AddRealServer(key, servers.get(at), options.get(at)));
      } else if (!heldOptions.get(place).equals(options.get(at))) {
        build.add(new Change.EditRealServer(key, servers.get(at), options.get(at)));
      }
    }
    for (int i = 0; i < heldServers.size(); i++) {
      if (places.isLeaving(i)) {
        RealServer server = heldServers.get(i);
        if (!drains || idle.contains(server)) {
          remove.add(new Change.RemoveRealServer(key, server));
        } else if (heldOptions.get(i).weight() != 0) {
          retire.add(new Change.EditRealServer(key, server, drained(heldOptions.get(i))));
        }
      }
    }
  }

  private static RealServerOptions drained(RealServerOptions options) {
    return new RealServerOptions(
        0, options.forwarding(), options.upperThreshold(), options.lowerThreshold());
  }

  /**
   * Which real server is added first. Hashing schedulers fill their tables in the order of
   * insertion, which has to be the same on every node. For the others each node begins elsewhere,
   * lest all of them send their first connection to the same pod (kubernetes#79213).
   */
  private int first(VirtualServer want) {
    return switch (want.options().scheduler()) {
      case "mh", "sh", "dh" -> 0;
      default ->
          want.realServers().size() < 2
              ? 0
              : Math.floorMod(nodeName.hashCode() ^ hash(want.key()), want.realServers().size());
    };
  }

  /** The same in every process, which the hash of a key that holds enums is not. */
  private static int hash(VirtualServerKey key) {
    return switch (key) {
      case VirtualServerKey.Addressed(IpAddress address, int port, Protocol protocol) ->
          scattered(address.hi() ^ scattered(address.lo() << 24 ^ port << 8 ^ protocol.number()));
      case VirtualServerKey.Marked(int mark, Family family) -> scattered(mark * 2L + family.bits());
    };
  }

  /** Neighbours end up far apart (the finalizer of MurmurHash3). */
  private static int scattered(long bits) {
    long mixed = (bits ^ bits >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return (int) (mixed ^ mixed >>> 33);
  }
}
