package io.fairlead.proxier;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fairlead.proxier.settings.Settings;
import io.fairlead.proxier.source.ProblemLog;
import io.fairlead.proxier.source.Source;
import io.fairlead.proxier.source.kubernetes.ApiServer;
import io.fairlead.proxier.source.kubernetes.KubernetesSource;
import io.fairlead.proxier.source.kubernetes.WatchTiming;
import io.fairlead.proxier.source.manifests.ManifestFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;

/** Makes the source that the settings ask for. */
final class Sources {
  private Sources() {}

  /**
   * @throws CannotStartException if the kubeconfig cannot be read; an API server that does not
   *     answer is no reason not to start
   */
  static Source of(Settings settings) throws CannotStartException {
    ProblemLog problems = new ProblemLog();
    Optional<String> node = Optional.of(settings.nodeName());
    return switch (settings.source()) {
      case Settings.Source.Manifests(Path folder) ->
          new ManifestFolder(folder, node, ManifestFolder.Timing.DEFAULT, problems);
      case Settings.Source.Kubernetes kubernetes ->
          new KubernetesSource(
              ApiServer.of(config(kubernetes)), node, WatchTiming.DEFAULT, problems, new Random());
    };
  }

  private static Config config(Settings.Source.Kubernetes kubernetes) throws CannotStartException {
    Config config =
        kubernetes.kubeconfig().isPresent()
            ? fromFile(kubernetes.kubeconfig().get(), kubernetes.context())
            : Config.autoConfigure(kubernetes.context().orElse(null));
    return kubernetes
        .master()
        .map(url -> new ConfigBuilder(config).withMasterUrl(url).build())
        .orElse(config);
  }

  private static Config fromFile(Path kubeconfig, Optional<String> context)
      throws CannotStartException {
    if (!Files.isReadable(kubeconfig)) {
      throw new CannotStartException(
          "--kubeconfig " + kubeconfig + ": there is no such file, or it may not be read");
    }
    try {
      return Config.fromKubeconfig(context.orElse(null), kubeconfig.toFile());
    } catch (RuntimeException e) { // fabric8 throws its own for text that is no kubeconfig
      throw new CannotStartException(
          "--kubeconfig " + kubeconfig + " is not a kubeconfig file: " + e.getMessage());
    }
  }
}
