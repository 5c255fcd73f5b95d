package io.fairlead.proxier.healthcheck;

import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.plan.HealthCheck;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.proxier.source.ServiceWarnings;
import io.fairlead.proxier.sync.Pass;
import io.fairlead.proxier.sync.SyncObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers external load balancers, which ask on {@code healthCheckNodePort} whether this node has
 * endpoints of a Service. All ports and connections are one thread's, and the sync loop never waits
 * for it. Each port is opened once for both families, and stays open while only counts change.
 */
public final class HealthCheckServers implements SyncObserver, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HealthCheckServers.class);
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final BooleanSupplier proxyHealthy;
  private final Duration retry;
  private final Selector selector;
  private final Listeners listeners;
  private final Exchanges exchanges;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("health-checks").unstarted(this::run);

  private volatile ImmutableSortedMap<ObjectName, HealthCheck> wanted = ImmutableSortedMap.of();
  private volatile boolean closed;
  private long version; // the sync loop's only

  // These are the thread's only.
  private ImmutableSortedMap<ObjectName, HealthCheck> current = ImmutableSortedMap.of();
  private Optional<Long> retryAt = Optional.empty();

  /**
   * @param node this node's name, for warnings
   * @param proxyHealthy whether all families work; the Node's own state does not count
   * @param warnings told of ports that cannot be opened
   */
  public HealthCheckServers(String node, BooleanSupplier proxyHealthy, ServiceWarnings warnings) {
    this(node, proxyHealthy, warnings, RETRY);
  }

  HealthCheckServers(
      String node, BooleanSupplier proxyHealthy, ServiceWarnings warnings, Duration retry) {
    this.proxyHealthy = proxyHealthy;
    this.retry = retry;
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("health checks: no selector: " + e.getMessage(), e);
    }
    this.listeners = new Listeners(selector, node, warnings);
    this.exchanges = new Exchanges(selector, this::answer);
  }

  /** Begins to serve, in the calling thread's network namespace; called once. */
  public void start() {
    thread.start();
  }

  @Override
  public void passed(Pass pass, Reconciler reconciler) {
    if (reconciler.healthChecksVersion() != version) {
      version = reconciler.healthChecksVersion();
      serve(reconciler.healthChecks());
    }
  }

  /** Serves these from now on in place of those before. */
  void serve(ImmutableSortedMap<ObjectName, HealthCheck> checks) {
    wanted = checks;
    selector.wakeup();
  }

  /** Stops serving; no port is taken any more once this returns. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closed) {
      try {
        agree();
        selector.select(this::ready, millisToWait());
      } catch (IOException | RuntimeException e) {
        survive(e);
      }
    }
    exchanges.close();
    listeners.close();
    try {
      selector.close(); // which also lets go of the closed sockets' ports
    } catch (IOException e) {
      log.debug("health checks: closing", e);
    }
  }

  /** A defect of ours, or no memory: the next try is a while away, so that nothing spins. */
  private void survive(Exception defect) {
    log.error("health checks: met a defect and go on; please report it", defect);
    try {
      Thread.sleep(retry);
    } catch (InterruptedException e) {
      log.debug("health checks: nobody interrupts this thread", e);
    }
  }

  private void agree() throws IOException {
    boolean due = retryAt.isPresent() && retryAt.get() - System.nanoTime() <= 0;
    ImmutableSortedMap<ObjectName, HealthCheck> latest = wanted;
    if (!latest.equals(current) || due) {
      current = latest;
      listeners.resume();
      retryAt = listeners.agree(latest) ? Optional.empty() : Optional.of(nextRetry());
    }
  }

  private long millisToWait() {
    long now = System.nanoTime();
    long least = exchanges.expire().orElse(Long.MAX_VALUE);
    if (retryAt.isPresent()) {
      least = Math.min(least, retryAt.get() - now);
    }
    // 0 would mean for ever.
    return least == Long.MAX_VALUE ? 0 : Math.max(1, Duration.ofNanos(least).toMillis() + 1);
  }

  private void ready(SelectionKey key) {
    if (!key.isValid()) {
      return;
    }
    if (key.attachment() instanceof Exchange exchange) {
      exchanges.ready(exchange);
    } else if (key.channel() instanceof ServerSocketChannel listener) {
      accept(listener, (ObjectName) key.attachment());
    }
  }

  private void accept(ServerSocketChannel listener, ObjectName service) {
    try {
      SocketChannel channel = listener.accept();
      if (channel != null) {
        exchanges.add(channel, service);
      }
    } catch (IOException e) {
      log.warn("health checks: cannot accept a connection for {}: {}", service, e.getMessage());
      listeners.rest();
      retryAt = Optional.of(nextRetry());
    }
  }

  private long nextRetry() {
    return System.nanoTime() + retry.toNanos();
  }

  private Optional<Response> answer(ObjectName service, String requestLine) {
    return Optional.ofNullable(current.get(service))
        .map(check -> Response.to(requestLine, check, proxyHealthy.getAsBoolean()));
  }
}
