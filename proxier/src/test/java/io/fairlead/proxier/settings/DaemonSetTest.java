package io.fairlead.proxier.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fairlead.proxier.settings.RunArguments.Accepted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The DaemonSet that is handed out fits the command. */
class DaemonSetTest {
  private final DaemonSet daemonSet = read(Path.of("..", "manifests", "base", "daemonset.yaml"));
  private final Container container =
      daemonSet.getSpec().getTemplate().getSpec().getContainers().getFirst();

  @Test
  void itsArgumentsAreUnderstood() {
    List<String> arguments =
        container.getArgs().stream()
            .map(text -> text.replace("$(API_SERVER)", "https://192.0.2.1:6443"))
            .map(text -> text.replace("$(NODE_NAME)", "node1"))
            .toList();
    assertEquals("run", arguments.getFirst());

    Settings settings =
        assertInstanceOf(
                Accepted.class,
                RunArguments.read(arguments.subList(1, arguments.size()), () -> "host"))
            .settings();

    assertEquals("node1", settings.nodeName());
    assertEquals(
        new Settings.Source.Kubernetes(
            Optional.empty(), Optional.empty(), Optional.of("https://192.0.2.1:6443")),
        settings.source());
  }

  @Test
  void itsProbesAskWhereHealthIsServed() {
    BindAddress healthz =
        assertInstanceOf(Accepted.class, RunArguments.read(List.of(), () -> "host"))
            .settings()
            .servers()
            .healthz()
            .orElseThrow();

    assertEquals(healthz.port() + "/livez", asks(container.getLivenessProbe()));
    assertEquals(healthz.port() + "/healthz", asks(container.getReadinessProbe()));
  }

  @Test
  void itsVolumesAreMountedAndOneHoldsTheOwnershipRecord() {
    Set<String> volumes =
        daemonSet.getSpec().getTemplate().getSpec().getVolumes().stream()
            .map(Volume::getName)
            .collect(Collectors.toSet());

    assertEquals(
        volumes,
        container.getVolumeMounts().stream().map(VolumeMount::getName).collect(Collectors.toSet()));
    assertEquals("/run/fairlead", container.getVolumeMounts().getFirst().getMountPath());
  }

  private static String asks(Probe probe) {
    HTTPGetAction get = probe.getHttpGet();
    return get.getPort().getIntVal() + get.getPath();
  }

  private static DaemonSet read(Path file) {
    try {
      return Serialization.unmarshal(Files.readString(file), DaemonSet.class);
    } catch (IOException e) {
      throw new AssertionError(file + " cannot be read", e);
    }
  }
}
