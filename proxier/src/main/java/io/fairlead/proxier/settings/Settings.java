package io.fairlead.proxier.settings;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.plan.MarkRange;
import io.fairlead.core.plan.NodePortAddresses;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the daemon is to run. Every value has been checked by {@link RunArguments}; names and
 * defaults are those of kube-proxy's KubeProxyConfiguration where it has the same thing.
 *
 * @param nodeName lower case, never blank
 * @param nodePortAddresses which of the node's addresses serve node ports
 * @param marks the packet marks that Fairlead may use, at least one of them without the masquerade
 *     bit
 * @param ownershipRecord where Fairlead writes down which virtual servers it made
 * @param verbosity kube-proxy's {@code -v}
 */
public record Settings(
    Source source,
    String nodeName,
    Ipvs ipvs,
    NodePortAddresses nodePortAddresses,
    MarkRange marks,
    Masquerade masquerade,
    Conntrack conntrack,
    Servers servers,
    Path ownershipRecord,
    int verbosity) {

  /** Where Services and endpoints are read. */
  public sealed interface Source {
    /** A folder of manifest files, watched for changes. */
    record Manifests(Path folder) implements Source {}

    /**
     * An API server: that of {@code kubeconfig}, or without one that of the service account.
     *
     * @param context the kubeconfig's context to use instead of its current one
     * @param master an API server URL that beats the one found otherwise
     */
    record Kubernetes(Optional<Path> kubeconfig, Optional<String> context, Optional<String> master)
        implements Source {}
  }

  /**
   * The {@code ipvs} section.
   *
   * @param scheduler the kernel's name, such as {@code rr}; whether the kernel has it shows when
   *     the first virtual server is made
   * @param syncPeriod how often the kernel is read back and repaired; positive
   * @param minSyncPeriod the least time between two syncs; 0 is no limit
   * @param strictArp answer ARP only for addresses of the interface that was asked
   * @param excludeCidrs virtual servers whose address lies in one of these are never removed
   * @param drainCheckInterval how often draining real servers are looked at
   * @param drainLimit how long a real server may drain; zero is for ever
   */
  public record Ipvs(
      String scheduler,
      Duration syncPeriod,
      Duration minSyncPeriod,
      boolean strictArp,
      ImmutableList<Cidr> excludeCidrs,
      Timeouts timeouts,
      Duration drainCheckInterval,
      Duration drainLimit) {
    /** How often draining real servers are looked at so that none drains for much too long. */
    public Duration drainCheckPeriod() {
      return drainLimit.isPositive() && drainLimit.compareTo(drainCheckInterval) < 0
          ? drainLimit
          : drainCheckInterval;
    }
  }

  /** IPVS connection timeouts; zero keeps what the kernel has. */
  public record Timeouts(Duration tcp, Duration tcpFin, Duration udp) {
    /** Whether the kernel's timeouts stay as they are. */
    public boolean keepAll() {
      return tcp.isZero() && tcpFin.isZero() && udp.isZero();
    }
  }

  /**
   * Which flows get the node's address as source.
   *
   * @param bit the bit of the packet mark, 0 to 31
   * @param all every flow to a ClusterIP, whoever sends it
   * @param detector who is a pod; ClusterIP flows of all others are masqueraded
   */
  public record Masquerade(int bit, boolean all, LocalDetector detector) {
    /** The mark with only this bit set, as a 32-bit word. */
    public int mark() {
      return 1 << bit;
    }
  }

  /**
   * The {@code conntrack} section: limits of the kernel's connection tracking; a zero keeps what
   * the kernel has.
   *
   * @param maxPerCore how many connections for each processor
   * @param min how many at least, if {@code maxPerCore} is not zero
   * @param tcpBeLiberal whether packets outside the TCP window pass; false keeps what the kernel
   *     has
   */
  public record Conntrack(
      int maxPerCore,
      int min,
      Duration tcpEstablished,
      Duration tcpCloseWait,
      boolean tcpBeLiberal,
      Duration udp,
      Duration udpStream) {}

  /**
   * The HTTP servers; one without an address is off.
   *
   * @param hardFail an address that cannot be bound ends the process, instead of being tried again
   */
  public record Servers(
      Optional<BindAddress> healthz, Optional<BindAddress> metrics, boolean hardFail) {}
}
