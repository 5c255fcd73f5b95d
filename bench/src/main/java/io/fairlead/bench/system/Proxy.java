package io.fairlead.bench.system;

import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.Uninterruptibles;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.NodeDaemon;
import io.fairlead.lab.synthetic.Cluster;
import io.fairlead.proxier.source.Source;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The whole daemon on a node but for its source: the row says what happens in the cluster. */
final class Proxy implements AutoCloseable {
  private final NodeDaemon daemon;
  private final Feed feed;

  private Proxy(NodeDaemon daemon, Feed feed) {
    this.daemon = daemon;
    this.feed = feed;
  }

  /**
   * Starts the daemon with a cluster, and waits until all of it is in the kernel.
   *
   * @param listener sees all that is sent to the kernel, on the loop's thread
   * @param flags of {@code fairlead run}
   */
  static Proxy start(Node node, Cluster cluster, Tap.Listener listener, String... flags) {
    Feed feed = new Feed(cluster);
    List<String> all =
        ImmutableList.<String>builder()
            .add("--cluster-cidr=10.128.0.0/9,fd00:244::/32")
            .add(flags)
            .build();
    NodeDaemon daemon =
        NodeDaemon.start(
            node, feed, settings -> Lab.dataplane(listener, settings.masquerade()), all);
    feed.awaitListed();
    daemon.settle();
    return new Proxy(daemon, feed);
  }

  /** Reports an event, as the API server's watch does; waits if there is no room for it. */
  void report(ClusterEvent event) {
    feed.listener.on(event);
  }

  /** Waits until every event that was reported is in the kernel. */
  void settle() {
    daemon.settle();
  }

  /** Reads the kernel back and repairs it, now, and waits until that is done. */
  void audit() {
    daemon.audit();
  }

  /** The thread that decides and writes. */
  Thread loop() {
    return daemon.loop();
  }

  @Override
  public void close() {
    daemon.close();
  }

  /** Reports what it is told to, after the cluster as it is at the start. */
  private static final class Feed implements Source {
    private final Cluster cluster;
    private final CountDownLatch listed = new CountDownLatch(1);
    private Listener listener = _ -> {};

    Feed(Cluster cluster) {
      this.cluster = cluster;
    }

    @Override
    public void start(Listener to) {
      listener = to;
      // Of its own: the queue is short, and nobody takes from it before start returns.
      Thread.ofPlatform()
          .name("feed")
          .start(() -> {
            cluster.list(to::on);
            listed.countDown();
          });
    }

    /** Waits until the whole cluster was reported: nobody is asked for what is not. */
    void awaitListed() {
      Uninterruptibles.awaitUninterruptibly(listed);
    }

    @Override
    public String description() {
      return "a benchmark";
    }

    @Override
    public void close() {}
  }
}
