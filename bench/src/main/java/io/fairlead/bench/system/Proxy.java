package io.fairlead.bench.system;

import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.Uninterruptibles;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.synthetic.Cluster;
import io.fairlead.proxier.CannotStartException;
import io.fairlead.proxier.Daemon;
import io.fairlead.proxier.settings.RunArguments;
import io.fairlead.proxier.settings.Settings;
import io.fairlead.proxier.source.Source;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** The whole daemon on a node but for its source: the row says what happens in the cluster. */
final class Proxy implements AutoCloseable {
  private final Daemon daemon;
  private final Feed feed;
  private final Thread loop;

  private Proxy(Daemon daemon, Feed feed, Thread loop) {
    this.daemon = daemon;
    this.feed = feed;
    this.loop = loop;
  }

  /**
   * Starts the daemon with a cluster, and waits until all of it is in the kernel.
   *
   * @param listener sees all that is sent to the kernel, on the loop's thread
   * @param flags of {@code fairlead run}
   */
  static Proxy start(Node node, Cluster cluster, Tap.Listener listener, String... flags) {
    Feed feed = new Feed(cluster);
    Settings settings = settings(node, flags);
    Proxy proxy =
        node.namespace()
            .call(() -> {
              Daemon daemon = daemon(settings, feed, listener);
              Thread loop = Thread.ofPlatform().name("loop").start(() -> run(daemon));
              return new Proxy(daemon, feed, loop);
            });
    feed.awaitListed();
    proxy.settle();
    return proxy;
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
    daemon.settle();
  }

  /** The thread that decides and writes. */
  Thread loop() {
    return loop;
  }

  @Override
  public void close() {
    daemon.stop();
    Uninterruptibles.joinUninterruptibly(loop);
    daemon.close();
  }

  private static Daemon daemon(Settings settings, Source source, Tap.Listener listener)
      throws IOException {
    try {
      return Daemon.start(settings, source, Lab.dataplane(listener, settings.masquerade()));
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
        Stream.concat(
                Stream.of(
                    "--manifests=/nowhere", // never read: the row is the source
                    "--cluster-cidr=10.128.0.0/9,fd00:244::/32",
                    "--hostname-override=" + node.name(),
                    "--ownership-record=/run/fairlead/" + node.namespace().name() + "/owned",
                    "--ipvs-sync-period=1h"), // audits come when the row asks for them
                Stream.of(more))
            .toList();
    return switch (RunArguments.read(flags, node::name)) {
      case RunArguments.Accepted(Settings settings) -> settings;
      case RunArguments.Refused(ImmutableList<String> problems) ->
          throw new IllegalArgumentException(problems.toString());
      case RunArguments.HelpWanted _ -> throw new IllegalArgumentException("--help");
    };
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
