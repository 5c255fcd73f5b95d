package io.fairlead.proxier;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fairlead.proxier.settings.Settings;
import io.fairlead.proxier.source.ProblemLog;
import io.fairlead.proxier.source.Source;
import io.fairlead.proxier.source.kubernetes.ApiServer;
import io.fairlead.proxier.source.kubernetes.EventRecorder;
import io.fairlead.proxier.source.kubernetes.KubernetesSource;
import io.fairlead.proxier.source.kubernetes.WatchTiming;
import io.fairlead.proxier.source.manifests.ManifestFolder;
import java.nio.file.Path;
import java.time.InstantSource;
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
    return switch (settings.source()) {
      case Settings.Source.Manifests(Path folder) ->
          new ManifestFolder(folder, ManifestFolder.Timing.DEFAULT, problems);
      case Settings.Source.Kubernetes kubernetes -> {
        ApiServer api = ApiServer.of(config(kubernetes));
        yield new AnnouncedSource(
            new KubernetesSource(
                api, settings.nodeName(), WatchTiming.DEFAULT, problems, new Random()),
            new EventRecorder(api, settings.nodeName(), InstantSource.system()));
      }
    };
  }

  private static Config config(Settings.Source.Kubernetes kubernetes) throws CannotStartException {
    Config config =
        kubernetes.kubeconfig().isPresent()
            ? Kubeconfig.read(kubernetes.kubeconfig().get(), kubernetes.context())
            : Config.autoConfigure(kubernetes.context().orElse(null));
    return kubernetes
        .master()
        .map(url -> new ConfigBuilder(config).withMasterUrl(url).build())
        .orElse(config);
  }
}
