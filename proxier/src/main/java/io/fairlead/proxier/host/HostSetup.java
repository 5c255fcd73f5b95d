package io.fairlead.proxier.host;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.ipvs.Ipvs;
import io.fairlead.ipvs.IpvsBatch;
import io.fairlead.ipvs.Refusal;
import io.fairlead.ipvs.Timeouts;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.proxier.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the host ready, in the calling thread's network namespace, and says what it found. What
 * stands in the way is returned, all of it, so that an operator need not find out one by one.
 */
public final class HostSetup {
  private static final Logger log = LoggerFactory.getLogger(HostSetup.class);

  private static final VirtualServerKey PROBE =
      new VirtualServerKey.Addressed(IpAddress.parse("198.51.100.0"), 20000, Protocol.TCP);

  private final Path root;

  /**
   * @param root {@code /}; tests give a folder
   */
  public HostSetup(Path root) {
    this.root = root;
  }

  /** What this process may not do; empty if it may do all it must. */
  public ImmutableList<String> missingPrivileges() {
    try {
      return Capabilities.ofThisProcess(root.resolve("proc")).problems();
    } catch (IOException e) {
      log.warn("capabilities are not known: {}", e.getMessage());
      return ImmutableList.of(); // the kernel will say it, request by request
    }
  }

  /**
   * The address families that this network namespace has. Without IPv6 (ipv6.disable=1) nothing of
   * it is served, and nothing reported.
   */
  public ImmutableSet<Family> families() {
    boolean hasIpv6 = Files.exists(root.resolve("proc/thread-self/net/if_inet6"));
    log.info(hasIpv6 ? "IPv4 and IPv6 are served" : "only IPv4 is served: this host has no IPv6");
    return hasIpv6
        ? Sets.immutableEnumSet(Family.IPV4, Family.IPV6)
        : Sets.immutableEnumSet(Family.IPV4);
  }

  /** Why the kernel could not be spoken to, and what would help. */
  public ImmutableList<String> explain(NetlinkException e) {
    var lines = ImmutableList.<String>builder().add(e.getMessage());
    if (e.errno() == Errno.ENOENT) {
      lines.addAll(new KernelModules(root).problems());
    }
    return lines.build();
  }

  /** Sets kernel parameters and timeouts. Returns what must be put right before starting. */
  public ImmutableList<String> prepare(Settings settings, Ipvs ipvs) {
    var problems = ImmutableList.<String>builder();
    try {
      String release = ProcFile.read(root.resolve("proc/sys/kernel/osrelease"));
      KernelVersion kernel = KernelVersion.parse(release);
      log.info("kernel {}, IPVS {}", release, ipvs.version());
      SysctlPlan.advice(kernel).forEach(log::info);
      new HostAdvice(root).lines().forEach(log::info);
      problems.addAll(setParameters(kernel, settings));
      setTimeouts(settings.ipvs().timeouts(), ipvs);
      probe(settings.ipvs().scheduler(), ipvs);
    } catch (IOException | IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    return problems.build();
  }

  /** Returns what was refused and is needed. */
  ImmutableList<String> setParameters(KernelVersion kernel, Settings settings) {
    Sysctls sysctls =
        new Sysctls(root.resolve("proc/sys"), SysctlRecord.beside(settings.ownershipRecord()));
    var problems = ImmutableList.<String>builder();
    sysctls
        .set(SysctlPlan.of(kernel, settings.ipvs().strictArp()))
        .forEach(outcome -> report(outcome, problems));
    for (SysctlOutcome outcome :
        sysctls.set(ConntrackPlan.of(settings.conntrack(), Processors.online(root)))) {
      report(outcome, problems);
      if (outcome.isInPlace() && outcome.sysctl().key().equals(ConntrackPlan.MAX)) {
        new ConntrackBuckets(root).growFor(outcome.sysctl().value()).ifPresent(log::warn);
      }
    }
    return problems.build();
  }

  private static void report(SysctlOutcome outcome, ImmutableList.Builder<String> problems) {
    switch (outcome) {
      case SysctlOutcome.Right _ -> log.debug("{}", outcome);
      case SysctlOutcome.Changed _ -> log.info("{}", outcome);
      case SysctlOutcome.Missing _, SysctlOutcome.Refused _ -> {
        if (outcome.isFatal()) {
          problems.add(outcome.toString());
        } else {
          log.warn("{}", outcome);
        }
      }
    }
  }

  /** A failure is only logged, as kube-proxy does: the kernel's own timeouts are usable. */
  private static void setTimeouts(Settings.Timeouts timeouts, Ipvs ipvs) {
    if (timeouts.keepAll()) {
      return;
    }
    try {
      ipvs.setTimeouts(
          new Timeouts(
              seconds(timeouts.tcp()), seconds(timeouts.tcpFin()), seconds(timeouts.udp())));
    } catch (NetlinkException e) {
      log.error("{}", e.getMessage());
    }
  }

  /**
   * Says once that the kernel lacks the scheduler, before each Service does. No reason not to
   * start: virtual servers that exist keep the scheduler they have, and their endpoints are
   * followed. As in kube-proxy, a virtual server in TEST-NET-2 is made and removed, unless the
   * module is loaded.
   */
  private void probe(String scheduler, Ipvs ipvs) throws NetlinkException {
    if (new KernelModules(root).hasLoaded(scheduler)) {
      return;
    }
    IpvsBatch batch = ipvs.batch();
    batch.addVirtualServer(0, PROBE, new VirtualServerOptions(scheduler, 0, 0, 32));
    ImmutableList<Refusal> refusals = ImmutableList.copyOf(batch.finish());
    if (refusals.isEmpty()) {
      batch.removeVirtualServer(0, PROBE);
      batch.finish();
    }
    refusals.forEach(refusal ->
        log.error(
            "--ipvs-scheduler {}: {}; no new virtual server can be made, and those that exist"
                + " keep their scheduler",
            scheduler,
            refusal.reason()));
  }

  private static int seconds(Duration duration) {
    return Math.toIntExact(duration.toSeconds());
  }
}
