package io.fairlead.proxier;

import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads kubeconfig files. fabric8 takes one without the asked-for context, without its cluster, and
 * even an empty one for the service account's API server: that would be another cluster, so all of
 * it is refused here.
 */
final class Kubeconfig {
  private Kubeconfig() {}

  /**
   * Reads how to reach the cluster of a context.
   *
   * @param context empty for the file's current one
   * @throws CannotStartException naming the file and what is wrong with it
   */
  static Config read(Path file, Optional<String> context) throws CannotStartException {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new CannotStartException(
          "--kubeconfig " + file + ": there is no such file, or it may not be read");
    }
    try {
      Optional<String> problem = problem(Optional.ofNullable(parse(file)), context);
      if (problem.isPresent()) {
        throw new CannotStartException("--kubeconfig " + file + " " + problem.get());
      }
      return Config.fromKubeconfig(context.orElse(null), file.toFile());
    } catch (IOException | RuntimeException e) { // fabric8 throws its own for what is no YAML
      throw new CannotStartException(
          "--kubeconfig " + file + " is not a kubeconfig file: " + firstLine(e));
    }
  }

  private static io.fabric8.kubernetes.api.model.Config parse(Path file) throws IOException {
    return Serialization.unmarshal(
        Files.readString(file), io.fabric8.kubernetes.api.model.Config.class);
  }

  private static Optional<String> problem(
      Optional<io.fabric8.kubernetes.api.model.Config> parsed, Optional<String> context) {
    if (parsed.isEmpty()) {
      return Optional.of("is empty");
    }
    Optional<String> name = context.or(() -> Optional.ofNullable(parsed.get().getCurrentContext()));
    if (name.isEmpty() || name.get().isEmpty()) {
      return Optional.of("names no current-context, and --context was not given");
    }
    Optional<String> cluster =
        parsed.get().getContexts().stream()
            .filter(it -> name.get().equals(it.getName()))
            .map(NamedContext::getContext)
            .map(it -> String.valueOf(it.getCluster()))
            .findFirst();
    if (cluster.isEmpty()) {
      return Optional.of("has no context \"" + name.get() + "\"");
    }
    return parsed.get().getClusters().stream()
            .map(NamedCluster::getName)
            .anyMatch(cluster.get()::equals)
        ? Optional.empty()
        : Optional.of("has no cluster \"" + cluster.get() + "\", which its context needs");
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }
}
