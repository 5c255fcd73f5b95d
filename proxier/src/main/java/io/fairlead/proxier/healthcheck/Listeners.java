package io.fairlead.proxier.healthcheck;

import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.plan.HealthCheck;
import io.fairlead.proxier.source.ServiceWarnings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening socket for each health check, on all addresses of both families. A port that somebody
 * else has is told once, and tried again whenever this is asked to agree.
 */
final class Listeners {
  private static final Logger log = LoggerFactory.getLogger(Listeners.class);

  /** kube-proxy's reason (pkg/proxy/healthcheck/service_health.go). */
  private static final String REASON = "FailedToStartServiceHealthcheck";

  private record Listener(int port, ServerSocketChannel channel, SelectionKey key) {}

  private final Selector selector;
  private final String node;
  private final ServiceWarnings warnings;
  private final Map<ObjectName, Listener> open = new HashMap<>();
  private final Map<ObjectName, String> failing = new HashMap<>();

  Listeners(Selector selector, String node, ServiceWarnings warnings) {
    this.selector = selector;
    this.node = node;
    this.warnings = warnings;
  }

  /** Opens and closes until there is one for each check. False if some could not be opened. */
  boolean agree(ImmutableSortedMap<ObjectName, HealthCheck> wanted) throws IOException {
    if (open.values().removeIf(listener -> !isWanted(listener, wanted))) {
      // Only a selection lets go of a closed socket's port, which another Service may want now.
      selector.selectNow(_ -> {});
    }
    failing.keySet().retainAll(wanted.keySet());
    for (HealthCheck check : wanted.values()) {
      if (!open.containsKey(check.service())) {
        attempt(check);
      }
    }
    return failing.isEmpty();
  }

  /** Accepts again, after {@link #rest}. */
  void resume() {
    open.values().forEach(listener -> listener.key.interestOps(SelectionKey.OP_ACCEPT));
  }

  /** Accepts nothing for now: without descriptors to spare it would be tried in a tight loop. */
  void rest() {
    open.values().forEach(listener -> listener.key.interestOps(0));
  }

  void close() {
    open.values().forEach(listener -> close(listener.channel));
    open.clear();
  }

  private static boolean isWanted(
      Listener listener, ImmutableSortedMap<ObjectName, HealthCheck> wanted) {
    ObjectName service = (ObjectName) listener.key.attachment();
    boolean stays =
        Optional.ofNullable(wanted.get(service)).map(HealthCheck::port).stream()
            .anyMatch(port -> port == listener.port);
    if (!stays) {
      close(listener.channel);
    }
    return stays;
  }

  private void attempt(HealthCheck check) {
    try {
      open.put(check.service(), bind(check));
      if (failing.remove(check.service()) != null) {
        log.info("health checks of {} are answered on port {} now", check.service(), check.port());
      }
    } catch (IOException e) {
      failed(check, e);
    }
  }

  private Listener bind(HealthCheck check) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.bind(new InetSocketAddress(check.port())); // [::], which takes IPv4 too
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_ACCEPT, check.service());
      return new Listener(check.port(), channel, key);
    } catch (IOException e) {
      close(channel);
      throw e;
    }
  }

  private void failed(HealthCheck check, IOException cause) {
    String problem =
        "node %s failed to start healthcheck \"%s\" on port %d: %s"
            .formatted(node, check.service(), check.port(), cause.getMessage());
    if (!problem.equals(failing.put(check.service(), problem))) {
      log.warn("{}; trying again every few seconds", problem);
      warnings.warn(check.service(), REASON, problem);
    }
  }

  private static void close(ServerSocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("closing a listener", e); // it is closed all the same
    }
  }
}
