package io.fairlead.lab.proxier;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.Service;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.NodeDaemon;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.jna.Netlink;
import io.fairlead.proxier.kernel.KernelDataplane;
import io.fairlead.proxier.settings.Settings;
import io.fairlead.proxier.source.Source;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The whole daemon on a node, but for its source: the test says what the cluster is. */
final class NodeProxy implements AutoCloseable {
  private static final ImmutableList<String> FLAGS =
      ImmutableList.of(
          "--metrics-bind-address=127.0.0.1:10249",
          "--cluster-cidr=10.244.0.0/16,fd00:244::/32",
          "--drain-check-interval=500ms");

  private final NodeDaemon daemon;
  private final TestSource source;
  private final AtomicInteger writes;

  private NodeProxy(NodeDaemon daemon, TestSource source, AtomicInteger writes) {
    this.daemon = daemon;
    this.source = source;
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
    List<String> all = ImmutableList.<String>builder().addAll(FLAGS).add(flags).build();
    NodeDaemon daemon =
        NodeDaemon.start(node, source, settings -> counting(settings.masquerade(), writes), all);
    daemon.settle();
    return new NodeProxy(daemon, source, writes);
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
  }

  /** How many messages so far asked the kernel to change something. */
  int writes() {
    return writes.get();
  }

  /** Stops the daemon as SIGTERM does. */
  @Override
  public void close() {
    daemon.close();
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
