package io.fairlead.lab.rig;

import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.Uninterruptibles;
import io.fairlead.proxier.CannotStartException;
import io.fairlead.proxier.Daemon;
import io.fairlead.proxier.kernel.KernelDataplane;
import io.fairlead.proxier.settings.RunArguments;
import io.fairlead.proxier.settings.Settings;
import io.fairlead.proxier.source.Source;
import java.io.IOException;
import java.util.List;

/** The whole daemon on a node, in this process, but for its source: the caller is the cluster. */
public final class NodeDaemon implements AutoCloseable {
  private final Daemon daemon;
  private final Thread loop;

  private NodeDaemon(Daemon daemon, Thread loop) {
    this.daemon = daemon;
    this.loop = loop;
  }

  /** Opens the kernel, in the namespace of the thread that asks. */
  @FunctionalInterface
  public interface Kernel {
    KernelDataplane open(Settings settings) throws IOException;
  }

  /**
   * Starts it. Audits come when they are asked for.
   *
   * @param flags of {@code fairlead run}, beyond those that go without saying here
   */
  public static NodeDaemon start(Node node, Source source, Kernel kernel, List<String> flags) {
    Settings settings = settings(node, flags);
    return node.namespace()
        .call(() -> {
          Daemon daemon = start(settings, source, kernel);
          return new NodeDaemon(daemon, Thread.ofPlatform().name("loop").start(() -> run(daemon)));
        });
  }

  /** Waits until every event that was reported is in the kernel. */
  public void settle() {
    daemon.settle();
  }

  /** Reads the kernel back and repairs it, now, and waits until that is done. */
  public void audit() {
    daemon.audit();
    daemon.settle();
  }

  /** The thread that decides and writes. */
  public Thread loop() {
    return loop;
  }

  /** In a folder of the node's own, as if it had a /run of its own. */
  public static String ownershipRecord(Node node) {
    return "/run/fairlead/" + node.namespace().name() + "/owned";
  }

  /** Stops it as SIGTERM does. */
  @Override
  public void close() {
    daemon.stop();
    Uninterruptibles.joinUninterruptibly(loop);
    daemon.close();
  }

  private static Daemon start(Settings settings, Source source, Kernel kernel) throws IOException {
    try {
      return Daemon.start(settings, source, kernel.open(settings));
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

  private static Settings settings(Node node, List<String> more) {
    List<String> flags =
        ImmutableList.<String>builder()
            .add("--manifests=/nowhere") // never read: the caller is the source
            .add("--ipvs-sync-period=1h")
            .add("--hostname-override=" + node.name())
            .add("--ownership-record=" + ownershipRecord(node))
            .addAll(more)
            .build();
    return switch (RunArguments.read(flags, node::name)) {
      case RunArguments.Accepted(Settings settings, var _, var _) -> settings;
      case RunArguments.Refused(ImmutableList<String> problems) ->
          throw new IllegalArgumentException(problems.toString());
      case RunArguments.HelpWanted _ -> throw new IllegalArgumentException("--help");
    };
  }
}
