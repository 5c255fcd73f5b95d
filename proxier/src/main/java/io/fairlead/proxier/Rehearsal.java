package io.fairlead.proxier;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.fabric8.kubernetes.client.Config;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Connections;
import io.fairlead.core.dataplane.Dataplane;
import io.fairlead.core.dataplane.KernelState;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.IpAddress;
import io.fairlead.proxier.settings.BindAddress;
import io.fairlead.proxier.settings.RunArguments;
import io.fairlead.proxier.settings.Settings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;

/**
 * Goes once through all that a start goes through, for the JVM to keep the classes that it loads
 * and links (JEP 514): later starts then take half the time. It needs no privileges and no IPVS. It
 * reads an API server of its own, over TLS, and what it decides goes nowhere.
 */
final class Rehearsal {
  private static final long PATIENCE_SECONDS = 60;

  private Rehearsal() {}

  /** Does it all, and leaves nothing behind. */
  static void perform() throws IOException, InterruptedException, CannotStartException {
    Path folder = Files.createTempDirectory("fairlead-rehearsal");
    try (RehearsalApi api = RehearsalApi.start(folder)) {
      // As a pod's service account, which is what most starts will have.
      System.setProperty(Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY, "false");
      System.setProperty(
          Config.KUBERNETES_CA_CERTIFICATE_FILE_SYSTEM_PROPERTY, api.authority().toString());
      System.setProperty(
          Config.KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN_FILE_SYSTEM_PROPERTY, api.token().toString());
      serve(folder, "--master=" + api.url());
      loadOwnClasses();
    } finally {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static void serve(Path folder, String source)
      throws InterruptedException, CannotStartException {
    Settings settings = settings(folder, source);
    EmptyKernel kernel = new EmptyKernel(new CountDownLatch(1));
    try (Daemon daemon = Daemon.without(kernel, settings, Sources.of(settings))) {
      Thread loop = Thread.ofPlatform().name("loop").start(() -> run(daemon));
      boolean isWritten = kernel.written.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      daemon.stop();
      loop.join();
      if (!isWritten) {
        throw new CannotStartException("rehearsal: nothing came by " + source);
      }
    }
  }

  private static void run(Daemon daemon) {
    try {
      daemon.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Settings settings(Path folder, String source) throws CannotStartException {
    List<String> flags =
        List.of(
            source,
            "--hostname-override=node1",
            "--cluster-cidr=10.244.0.0/16",
            "--ownership-record=" + folder.resolve("owned"));
    return switch (RunArguments.read(flags, () -> "node1")) {
      case RunArguments.Accepted(Settings it, var _, var _) ->
          new Settings(
              it.source(),
              it.nodeName(),
              it.ipvs(),
              it.nodePortAddresses(),
              it.marks(),
              it.masquerade(),
              it.conntrack(),
              anyPort(),
              it.ownershipRecord(),
              it.verbosity());
      case RunArguments.Refused(ImmutableList<String> problems) ->
          throw new CannotStartException(problems);
      case RunArguments.HelpWanted(String text) -> throw new CannotStartException(text);
    };
  }

  /** The usual ports may be taken: by a Fairlead at work, say. */
  private static Settings.Servers anyPort() {
    var local = Optional.of(new BindAddress(IpAddress.v4(127 << 24 | 1), 0));
    return new Settings.Servers(local, local, true);
  }

  /** What speaks to the kernel has not been needed here, and will be; other commands' will not. */
  private static void loadOwnClasses() throws IOException {
    for (String entry :
        Splitter.on(File.pathSeparatorChar).split(System.getProperty("java.class.path"))) {
      if (entry.endsWith(".jar")) {
        try (JarFile jar = new JarFile(entry)) {
          jar.stream()
              .map(it -> it.getName())
              .filter(name -> name.startsWith("io/fairlead/") && name.endsWith(".class"))
              .map(name -> name.substring(0, name.length() - ".class".length()).replace('/', '.'))
              .filter(name -> !name.endsWith("package-info"))
              .filter(name -> !name.startsWith("io.fairlead.proxier.command."))
              .forEach(Rehearsal::load);
        }
      }
    }
  }

  private static void load(String name) {
    try {
      Class.forName(name, false, Rehearsal.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("of our own jars", e);
    }
  }

  /** Holds nothing, and takes everything. */
  private record EmptyKernel(CountDownLatch written) implements Dataplane {
    @Override
    public KernelState read() {
      return new KernelState(
          false, ImmutableSet.of(), ImmutableSet.of(), ImmutableMap.of(), false, ImmutableSet.of());
    }

    @Override
    public ImmutableSet<IpAddress> nodeAddresses() {
      return ImmutableSet.of();
    }

    @Override
    public ImmutableMap<RealServer, Connections> connections(VirtualServerKey key) {
      return ImmutableMap.of();
    }

    @Override
    public ImmutableList<Failure> apply(ImmutableList<Change> changes) {
      written.countDown();
      return ImmutableList.of();
    }
  }
}
