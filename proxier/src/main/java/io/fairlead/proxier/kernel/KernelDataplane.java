package io.fairlead.proxier.kernel;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Connections;
import io.fairlead.core.dataplane.Dataplane;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.dataplane.Drift;
import io.fairlead.core.dataplane.KernelState;
import io.fairlead.core.dataplane.KernelView;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.IpAddress;
import io.fairlead.ipvs.Ipvs;
import io.fairlead.ipvs.IpvsAudit;
import io.fairlead.ipvs.Listing;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.jna.Netlink;
import io.fairlead.proxier.settings.Settings;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel, in the network namespace of the thread that opened it. Runs of changes for the same
 * part of the kernel go in one batch: order is kept within and between batches.
 */
public final class KernelDataplane implements Dataplane, Closeable {
  private static final Logger log = LoggerFactory.getLogger(KernelDataplane.class);

  private final NetlinkConnection route;
  private final NetlinkConnection netfilter;
  private final VipDevice device;
  private final PacketFilter filter;
  private final Ipvs ipvs;
  private final Optional<Listing> listing;
  private final IpvsAudit audit;

  private KernelDataplane(
      NetlinkConnection route,
      NetlinkConnection netfilter,
      Ipvs ipvs,
      Settings.Masquerade masquerade) {
    this.route = route;
    this.netfilter = netfilter;
    this.device = new VipDevice(route);
    this.filter = new PacketFilter(netfilter, new FilterTable(masquerade));
    this.ipvs = ipvs;
    this.listing = listing();
    this.audit = new IpvsAudit(ipvs, listing, KernelDataplane::warn);
  }

  /**
   * Opens the sockets.
   *
   * @throws NetlinkException naming what the kernel lacks, such as module ip_vs
   */
  public static KernelDataplane open(Settings.Masquerade masquerade) throws NetlinkException {
    return over(
        Netlink.open(NetlinkConnection.ROUTE),
        Netlink.open(NetlinkConnection.NETFILTER),
        Netlink.open(NetlinkConnection.GENERIC),
        masquerade);
  }

  /**
   * Takes over connections to the three protocols of the same namespace, which is also that of the
   * calling thread.
   */
  public static KernelDataplane over(
      NetlinkConnection route,
      NetlinkConnection netfilter,
      NetlinkConnection generic,
      Settings.Masquerade masquerade)
      throws NetlinkException {
    try {
      return new KernelDataplane(route, netfilter, Ipvs.open(generic), masquerade);
    } catch (NetlinkException e) {
      List.of(route, netfilter, generic).forEach(NetlinkConnection::close);
      throw e;
    }
  }

  /** IPVS itself, for timeouts, versions and statistics. */
  public Ipvs ipvs() {
    return ipvs;
  }

  @Override
  public KernelState read() throws DataplaneException {
    try {
      VipDevice.Snapshot addresses = device.read();
      PacketFilter.Snapshot rules = filter.read();
      return new KernelState(
          addresses.exists(),
          addresses.bound(),
          addresses.others(),
          ipvs.virtualServers(),
          rules.intact(),
          rules.elements());
    } catch (NetlinkException e) {
      throw new DataplaneException(e.getMessage(), e);
    }
  }

  @Override
  public Drift compare(KernelView believed) throws DataplaneException {
    try {
      VipDevice.Difference addresses = device.compare(believed.boundAddresses());
      PacketFilter.Difference rules = filter.compare(believed);
      return new Drift(
          addresses.exists(),
          addresses.bound(),
          addresses.others(),
          audit.differences(believed.virtualServers()),
          rules.intact(),
          rules.version(),
          rules.elements());
    } catch (NetlinkException e) {
      throw new DataplaneException(e.getMessage(), e);
    }
  }

  @Override
  public ImmutableSet<IpAddress> nodeAddresses() throws DataplaneException {
    try {
      return device.read().others();
    } catch (NetlinkException e) {
      throw new DataplaneException(e.getMessage(), e);
    }
  }

  @Override
  public ImmutableMap<RealServer, Connections> connections(VirtualServerKey key)
      throws DataplaneException {
    try {
      return ipvs.connections(key);
    } catch (NetlinkException e) {
      throw new DataplaneException(e.getMessage(), e);
    }
  }

  @Override
  public ImmutableList<Failure> apply(ImmutableList<Change> changes) {
    var failures = ImmutableList.<Failure>builder();
    for (int from = 0; from < changes.size(); ) {
      Part part = part(changes.get(from));
      int to = from + 1;
      while (to < changes.size() && part(changes.get(to)) == part) {
        to++;
      }
      failures.addAll(apply(part, changes.subList(from, to)));
      from = to;
    }
    return failures.build();
  }

  /**
   * Deletes what has no place in a {@link Change}: the device and the table, when Fairlead leaves.
   */
  public Dismantled dismantle() throws NetlinkException {
    return new Dismantled(device.delete(), filter.delete());
  }

  /** What was there to be deleted. */
  public record Dismantled(boolean device, boolean table) {}

  @Override
  public void close() {
    listing.ifPresent(KernelDataplane::close);
    ipvs.close();
    netfilter.close();
    route.close();
  }

  private static Optional<Listing> listing() {
    try {
      return Optional.of(Listing.open());
    } catch (IOException e) {
      warn(e.toString());
      return Optional.empty();
    }
  }

  private static void warn(String trouble) {
    log.warn("audits read every virtual server by itself, which takes longer: {}", trouble);
  }

  private static void close(Listing listing) {
    try {
      listing.close();
    } catch (IOException e) {
      log.warn("the listing of IPVS cannot be closed: {}", e.toString());
    }
  }

  /** Which part of the kernel a change is for. */
  private enum Part {
    DEVICE,
    FILTER,
    FLOWS,
    ADDRESSES,
    IPVS
  }

  private static Part part(Change change) {
    return switch (change) {
      case Change.CreateDevice _ -> Part.DEVICE;
      case Change.ReplaceFilter _, Change.EditFilter _ -> Part.FILTER;
      case Change.BindAddress _, Change.UnbindAddress _ -> Part.ADDRESSES;
      case Change.ForgetFlows _ -> Part.FLOWS;
      case Change.AddVirtualServer _,
          Change.EditVirtualServer _,
          Change.RemoveVirtualServer _,
          Change.AddRealServer _,
          Change.EditRealServer _,
          Change.RemoveRealServer _ ->
          Part.IPVS;
    };
  }

  private ImmutableList<Failure> apply(Part part, ImmutableList<Change> changes) {
    try {
      return switch (part) {
        case DEVICE -> {
          device.create();
          yield ImmutableList.of();
        }
        case FILTER -> FilterChanges.apply(filter, changes);
        case ADDRESSES -> AddressChanges.apply(device, changes);
        case IPVS -> IpvsChanges.apply(ipvs, changes);
        case FLOWS -> FlowChanges.apply(netfilter, changes);
      };
    } catch (NetlinkException e) {
      // The socket failed: what was done is not known, so none counts as done until it is read
      // back.
      return changes.stream()
          .map(change -> new Failure(change, e.getMessage(), true))
          .collect(ImmutableList.toImmutableList());
    }
  }
}
