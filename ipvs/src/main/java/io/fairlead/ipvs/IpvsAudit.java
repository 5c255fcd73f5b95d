package io.fairlead.ipvs;

import com.google.common.collect.ImmutableMap;
import io.fairlead.core.dataplane.Drift;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.netlink.NetlinkException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds where IPVS is not as believed, at the price of one dump and one listing if it is.
 *
 * <p>The {@link Listing} is the sieve, and netlink the judge: whatever does not look right is read
 * again, and only that reading counts. What the listing does not show (thresholds) is read in
 * turns, some virtual servers each time.
 */
public final class IpvsAudit {
  /** All real servers are read by netlink once in so many audits: 16 minutes at 30 s. */
  public static final int TURNS = 32;

  private final Ipvs ipvs;
  private final Consumer<String> warning;
  private Optional<Listing> listing;
  private String told = "";
  private int turn;

  /**
   * @param listing of the same network namespace; without one everything is read by netlink, always
   * @param warning is told if the listing is of no use, but not of the same trouble again
   */
  public IpvsAudit(Ipvs ipvs, Optional<Listing> listing, Consumer<String> warning) {
    this.ipvs = ipvs;
    this.listing = listing;
    this.warning = warning;
  }

  /**
   * The virtual servers that differ from what is believed, as they are; empty if they are not
   * there.
   */
  public ImmutableMap<VirtualServerKey, Optional<VirtualServer>> differences(
      Map<VirtualServerKey, VirtualServer> believed) throws NetlinkException {
    Optional<Set<VirtualServerKey>> unlike = unlike(believed);
    return unlike.isPresent()
        ? differences(believed, unlike.get())
        : Drift.differences(believed, ipvs.virtualServers());
  }

  /** Those that do not look as believed; empty if nobody can tell. */
  private Optional<Set<VirtualServerKey>> unlike(Map<VirtualServerKey, VirtualServer> believed) {
    if (believed.isEmpty() || listing.isEmpty()) {
      return Optional.empty();
    }
    var sieve = new Sieve(believed);
    try {
      listing.get().read(sieve);
      return Optional.of(sieve.suspects());
    } catch (IOException e) {
      warn(e.toString());
      return Optional.empty();
    }
  }

  private ImmutableMap<VirtualServerKey, Optional<VirtualServer>> differences(
      Map<VirtualServerKey, VirtualServer> believed, Set<VirtualServerKey> unlike)
      throws NetlinkException {
    turn = (turn + 1) % TURNS;
    Set<VirtualServerKey> suspects = new HashSet<>(unlike);
    Map<VirtualServerKey, VirtualServerOptions> options = ipvs.options();
    options.forEach((key, held) -> {
      VirtualServer server = believed.get(key);
      if (server == null || !server.options().equals(held)) {
        suspects.add(key);
      }
    });
    for (VirtualServerKey key : believed.keySet()) {
      if (!options.containsKey(key) || hasItsTurn(key)) {
        suspects.add(key);
      }
    }
    var differing = judged(suspects, believed, options);
    if (unlike.size() > believed.size() / 2 && differing.size() < unlike.size() / 2) {
      listing = Optional.empty();
      warn("the listing is not that of the virtual servers that netlink tells of");
    }
    return differing;
  }

  private boolean hasItsTurn(VirtualServerKey key) {
    int hash = key.hashCode();
    return Math.floorMod(hash ^ hash >>> 16, TURNS) == turn;
  }

  private ImmutableMap<VirtualServerKey, Optional<VirtualServer>> judged(
      Set<VirtualServerKey> suspects,
      Map<VirtualServerKey, VirtualServer> believed,
      Map<VirtualServerKey, VirtualServerOptions> options)
      throws NetlinkException {
    var differing = ImmutableMap.<VirtualServerKey, Optional<VirtualServer>>builder();
    for (VirtualServerKey key : suspects) {
      Optional<VirtualServer> held = read(key, Optional.ofNullable(options.get(key)));
      if (!held.equals(Optional.ofNullable(believed.get(key)))) {
        differing.put(key, held);
      }
    }
    return differing.buildOrThrow();
  }

  /** A dump beside another writer may have missed it; asked for by itself, it is there or not. */
  private Optional<VirtualServer> read(
      VirtualServerKey key, Optional<VirtualServerOptions> dumped) throws NetlinkException {
    Optional<VirtualServerOptions> options = dumped.isPresent() ? dumped : ipvs.options(key);
    return options.isPresent()
        ? Optional.of(new VirtualServer(key, options.get(), ipvs.realServers(key)))
        : Optional.empty();
  }

  private void warn(String trouble) {
    if (!trouble.equals(told)) {
      warning.accept(trouble);
      told = trouble;
    }
  }
}
