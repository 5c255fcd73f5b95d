package io.fairlead.proxier;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Dataplane;
import io.fairlead.core.net.Family;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.core.reconcile.ReconcilerSettings;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.proxier.healthcheck.HealthCheckServers;
import io.fairlead.proxier.host.HostSetup;
import io.fairlead.proxier.kernel.AddressWatch;
import io.fairlead.proxier.kernel.KernelDataplane;
import io.fairlead.proxier.observe.Health;
import io.fairlead.proxier.observe.KernelMetrics;
import io.fairlead.proxier.observe.OperatorServers;
import io.fairlead.proxier.observe.ProcessMetrics;
import io.fairlead.proxier.observe.SourceMetrics;
import io.fairlead.proxier.observe.SyncMetrics;
import io.fairlead.proxier.settings.LocalDetector;
import io.fairlead.proxier.settings.Settings;
import io.fairlead.proxier.settings.SettingsAdvice;
import io.fairlead.proxier.source.Source;
import io.fairlead.proxier.sync.OwnershipFile;
import io.fairlead.proxier.sync.SyncLog;
import io.fairlead.proxier.sync.SyncLoop;
import io.fairlead.proxier.sync.SyncObservers;
import io.fairlead.proxier.sync.SyncTelemetry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running proxy: everything opened, wired and started. It lives in the network namespace of the
 * thread that starts it; threads that it starts are born there.
 */
public final class Daemon implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Daemon.class);

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final HostSetup HOST = new HostSetup(Path.of("/"));

  private final Runnable disconnect;
  private final OperatorServers servers;
  private final HealthCheckServers healthChecks;
  private final Source source;
  private final SyncLoop loop;
  private final AddressWatch addresses;

  private Daemon(
      Runnable disconnect,
      AddressWatch addresses,
      OperatorServers servers,
      HealthCheckServers healthChecks,
      Source source,
      SyncLoop loop) {
    this.disconnect = disconnect;
    this.addresses = addresses;
    this.servers = servers;
    this.healthChecks = healthChecks;
    this.source = source;
    this.loop = loop;
  }

  /**
   * Opens and starts everything but the loop, which {@link #run} is.
   *
   * @throws CannotStartException naming everything that must be put right first
   */
  public static Daemon start(Settings settings) throws CannotStartException {
    refuse(HOST.missingPrivileges());
    Source source = Sources.of(settings);
    try {
      return start(settings, source, KernelDataplane.open(settings.masquerade()));
    } catch (NetlinkException e) {
      source.close();
      throw new CannotStartException(HOST.explain(e));
    }
  }

  /**
   * The same with a source and a dataplane of the caller's making, which are the daemon's from now
   * on, and closed if it cannot start.
   */
  public static Daemon start(Settings settings, Source source, KernelDataplane dataplane)
      throws CannotStartException {
    try {
      refuse(HOST.prepare(settings, dataplane.ipvs()));
      return wire(settings, source, dataplane, dataplane::close);
    } catch (CannotStartException e) {
      source.close();
      dataplane.close();
      throw e;
    }
  }

  /** The same without a kernel, and without a look at the host. */
  static Daemon without(Dataplane kernel, Settings settings, Source source)
      throws CannotStartException {
    return wire(settings, source, kernel, () -> {});
  }

  private static Daemon wire(
      Settings settings, Source source, Dataplane dataplane, Runnable disconnect)
      throws CannotStartException {
    InstantSource clock = InstantSource.system();
    ImmutableSet<Family> families = HOST.families();
    SettingsAdvice.of(settings, families).forEach(log::warn);
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var metrics = new SyncMetrics(registry, clock, families);
    var health = new Health(clock, settings.ipvs().syncPeriod(), families);
    var healthChecks =
        new HealthCheckServers(settings.nodeName(), () -> health.report().isLive(), source);
    SyncLoop loop =
        new SyncLoop(
            reconciler(settings, families),
            dataplane,
            new OwnershipFile(settings.ownershipRecord()),
            new SyncObservers(
                ImmutableList.of(
                    new SyncLog(clock, awaited(settings)),
                    new SyncTelemetry(
                        metrics, new KernelMetrics(registry, families), health, families),
                    healthChecks,
                    new ProblemEvents(source),
                    new StartLitter())),
            new SyncLoop.Periods(
                settings.ipvs().syncPeriod(),
                settings.ipvs().minSyncPeriod(),
                settings.ipvs().drainCheckPeriod()),
            System::nanoTime);
    OperatorServers servers = serve(settings.servers(), health, registry, loop);
    SourceMetrics.register(registry, source);
    ProcessMetrics.register(registry, Path.of("/proc"));
    log.info("node {}, {}", settings.nodeName(), source.description());
    AddressWatch addresses = watchAddresses(loop, servers);
    healthChecks.start();
    source.start(new EventTap(settings.nodeName(), loop, metrics, health));
    return new Daemon(disconnect, addresses, servers, healthChecks, source, loop);
  }

  private static Reconciler reconciler(Settings settings, ImmutableSet<Family> families) {
    LocalDetector detector = settings.masquerade().detector();
    return new Reconciler(
        new Planner(
            new PlannerSettings(
                settings.ipvs().scheduler(),
                families,
                detector.podsKnown(),
                settings.nodePortAddresses(),
                settings.marks())),
        new ReconcilerSettings(
            settings.nodeName(),
            settings.ipvs().excludeCidrs(),
            isFromNode(detector),
            settings.ipvs().drainLimit()));
  }

  private static boolean isFromNode(LocalDetector detector) {
    return detector instanceof LocalDetector.NodeCidr;
  }

  /** What must be known before anything is programmed. */
  private static String awaited(Settings settings) {
    return isFromNode(settings.masquerade().detector())
        ? "all Services, EndpointSlices and Nodes, and spec.podCIDRs of Node %s, which"
                .formatted(settings.nodeName())
            + " --detect-local-mode=NodeCIDR needs"
        : "all Services, EndpointSlices and Nodes";
  }

  private static AddressWatch watchAddresses(SyncLoop loop, OperatorServers servers)
      throws CannotStartException {
    try {
      return AddressWatch.start(loop::addressesChanged);
    } catch (NetlinkException e) {
      servers.close();
      throw new CannotStartException(String.valueOf(e.getMessage()));
    }
  }

  /** Keeps the kernel as it should be until {@link #stop}. */
  public void run() throws InterruptedException {
    loop.run();
  }

  /**
   * Waits until every event that was reported before this call is in the kernel, or was refused.
   * From any thread but the loop's.
   */
  public void settle() {
    // The first answer comes before the pass that takes in what was queued, the second after it.
    loop.ask(_ -> true).join();
    loop.ask(_ -> true).join();
  }

  /** Has the kernel read back and repaired now. */
  public void audit() {
    loop.audit();
  }

  /** Ends {@link #run} after the pass under way, from any thread. */
  public void stop() {
    loop.stop();
  }

  /** Lets go of everything. The kernel keeps all it has: traffic goes on. */
  @Override
  public void close() {
    source.close();
    addresses.close();
    servers.close();
    healthChecks.close();
    disconnect.run();
  }

  private static void refuse(ImmutableList<String> problems) throws CannotStartException {
    if (!problems.isEmpty()) {
      throw new CannotStartException(problems);
    }
  }

  private static OperatorServers serve(
      Settings.Servers settings, Health health, PrometheusMeterRegistry registry, SyncLoop loop)
      throws CannotStartException {
    var services = new ServicesPage(() -> loop.ask(Reconciler::owners), PATIENCE);
    try {
      return OperatorServers.start(
          settings, health, registry, ImmutableMap.of("/services", services));
    } catch (IOException e) {
      throw new CannotStartException(String.valueOf(e.getMessage()));
    }
  }
}
