package io.fairlead.lab.proxier;

import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.Uninterruptibles;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.Service;
import io.fairlead.lab.rig.Node;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.jna.Netlink;
import io.fairlead.proxier.CannotStartException;
import io.fairlead.proxier.Daemon;
import io.fairlead.proxier.kernel.KernelDataplane;
import io.fairlead.proxier.settings.RunArguments;
import io.fairlead.proxier.settings.Settings;
import io.fairlead.proxier.source.Source;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The whole daemon on a node, but for its source: the test says what the cluster is. */
final class NodeProxy implements AutoCloseable {
  private static final ImmutableList<String> FLAGS =
      ImmutableList.of(
          "--manifests=/nowhere", // never read: the test is the source
          "--metrics-bind-address=127.0.0.1:10249",
          "--cluster-cidr=10.244.0.0/16,fd00:244::/32",
          "--ipvs-sync-period=1h", // audits come when the test asks for them
          "--drain-check-interval=500ms");

  private final Daemon daemon;
  private final TestSource source;
  private final Thread loop;
  private final AtomicInteger writes;

  private NodeProxy(Daemon daemon, TestSource source, Thread loop, AtomicInteger writes) {
    this.daemon = daemon;
    this.source = source;
    this.loop = loop;
    this.writes = writes;
  }

  /**
   * Starts the daemon with a cluster of these objects, and waits until it has synced.
   *
   * @param flags more flags of {@code fairlead run}
   */
  static NodeProxy start(Node node, List<Object> objects, String... flags) {
    TestSource source = new TestSource(objects);
    AtomicInteger writes = new AtomicInteger();
    NodeProxy proxy =
        node.namespace()
            .call(() -> {
              Settings settings = settings(node, flags);
              Daemon daemon = start(settings, source, writes);
              Thread loop = Thread.ofPlatform().name("loop").start(() -> run(daemon));
              return new NodeProxy(daemon, source, loop, writes);
            });
    proxy.daemon.settle();
    return proxy;
  }

  /** Applies Services and EndpointSlices, and waits until they are in the kernel. */
  void apply(Object... objects) {
    for (Object object : objects) {
      source.report(event(object));
    }
    daemon.settle();
  }

  /** Removes Services and EndpointSlices, and waits until the kernel knows. */
  void remove(Object... objects) {
    for (Object object : objects) {
      source.report(
          switch (object) {
            case Service service -> new ClusterEvent.ServiceRemoved(service.name());
            case EndpointSlice slice -> new ClusterEvent.SliceRemoved(slice.name());
            default -> throw new IllegalArgumentException(object.toString());
          });
    }
    daemon.settle();
  }

  /** Reads the kernel back and repairs it, now. */
  void audit() {
    daemon.audit();
    daemon.settle();
  }

  /** How many messages so far asked the kernel to change something. */
  int writes() {
    return writes.get();
  }

  /** Stops the daemon as SIGTERM does. */
  @Override
  public void close() {
    daemon.stop();
    Uninterruptibles.joinUninterruptibly(loop);
    daemon.close();
  }

  private static Daemon start(Settings settings, Source source, AtomicInteger writes)
      throws IOException {
    try {
      return Daemon.start(settings, source, counting(settings.masquerade(), writes));
    } catch (CannotStartException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void run(Daemon daemon) {
    try {
      daemon.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Settings settings(Node node, String... more) {
    List<String> flags =
        Stream.of(
                FLAGS.stream(),
                Stream.of(
                    "--hostname-override=" + node.name(),
                    "--ownership-record=" + ownershipRecord(node)),
                Stream.of(more))
            .flatMap(part -> part)
            .toList();
    return switch (RunArguments.read(flags, node::name)) {
      case RunArguments.Accepted(Settings settings) -> settings;
      case RunArguments.Refused(ImmutableList<String> problems) ->
          throw new IllegalArgumentException(problems.toString());
      case RunArguments.HelpWanted _ -> throw new IllegalArgumentException("--help");
    };
  }

  /** In a folder of the node's own, as if it had a /run of its own. */
  static String ownershipRecord(Node node) {
    return "/run/fairlead/" + node.namespace().name() + "/owned";
  }

  private static KernelDataplane counting(Settings.Masquerade masquerade, AtomicInteger writes)
      throws IOException {
    return KernelDataplane.over(
        new CountingConnection(Netlink.open(NetlinkConnection.ROUTE), writes),
        new CountingConnection(Netlink.open(NetlinkConnection.NETFILTER), writes),
        new CountingConnection(Netlink.open(NetlinkConnection.GENERIC), writes),
        masquerade);
  }

  private static ClusterEvent event(Object object) {
    return switch (object) {
      case Service service -> new ClusterEvent.ServiceApplied(service);
      case EndpointSlice slice -> new ClusterEvent.SliceApplied(slice);
      case io.fairlead.core.cluster.Node node -> new ClusterEvent.NodeApplied(node);
      default -> throw new IllegalArgumentException(object.toString());
    };
  }

  /** Reports what it is told to. */
  private static final class TestSource implements Source {
    private final List<Object> initial;
    private Listener listener = _ -> {};

    TestSource(List<Object> initial) {
      this.initial = List.copyOf(initial);
    }

    @Override
    public void start(Listener to) {
      listener = to;
      initial.forEach(object -> report(event(object)));
      for (ClusterEvent.Kind kind : ClusterEvent.Kind.values()) {
        report(new ClusterEvent.Listed(kind));
      }
    }

    void report(ClusterEvent event) {
      listener.on(event);
    }

    @Override
    public String description() {
      return "a test";
    }

    @Override
    public void close() {}
  }
}
