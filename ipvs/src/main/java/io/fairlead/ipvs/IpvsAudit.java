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
    if (believed.isEmpty() || listing.isEmpty()) {
      return Drift.differences(believed, ipvs.virtualServers());
    }
    turn = (turn + 1) % TURNS;
    Map<VirtualServerKey, VirtualServerOptions> options = ipvs.options();
    Set<VirtualServerKey> suspects = suspects(believed, listing.get());
    int unlike = suspects.size();
    believed.keySet().stream().filter(this::hasItsTurn).forEach(suspects::add);
    options.forEach((key, held) -> {
      VirtualServer server = believed.get(key);
      if (server == null || !server.options().equals(held)) {
        suspects.add(key);
      }
    });
    believed.keySet().stream().filter(key -> !options.containsKey(key)).forEach(suspects::add);
    var differing = judged(suspects, believed, options);
    if (unlike > believed.size() / 2 && differing.size() < unlike / 2) {
      listing = Optional.empty();
      warn("the listing is not that of the virtual servers that netlink tells of");
    }
    return differing;
  }

  /** Where to look. If the listing cannot be read that is everywhere. */
  private Set<VirtualServerKey> suspects(
      Map<VirtualServerKey, VirtualServer> believed, Listing from) {
    var sieve = new Sieve(believed);
    try {
      from.read(sieve);
      return sieve.suspects();
    } catch (IOException e) {
      warn(e.toString());
      return new HashSet<>(believed.keySet());
    }
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
