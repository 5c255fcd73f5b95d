package io.fairlead.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.proxier.settings.RunArguments;
import io.fairlead.proxier.settings.Settings;
import io.fairlead.proxier.source.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesTest {
  private static final String KUBECONFIG =
      """
      apiVersion: v1
      kind: Config
      current-context: one
      clusters: [{name: c, cluster: {server: "https://192.0.2.10:6443"}}]
      users: [{name: u, user: {token: secret}}]
      contexts: [{name: one, context: {cluster: c, user: u}}]
      """;

  @TempDir Path folder;

  @Test
  void aKubeconfigNamesTheApiServer() throws Exception {
    Path file = Files.writeString(folder.resolve("config"), KUBECONFIG);

    assertEquals("the API server at https://192.0.2.10:6443", description("--kubeconfig=" + file));
  }

  @Test
  void masterBeatsTheKubeconfig() throws Exception {
    Path file = Files.writeString(folder.resolve("config"), KUBECONFIG);

    assertEquals(
        "the API server at https://192.0.2.99:6443",
        description("--kubeconfig=" + file, "--master=https://192.0.2.99:6443"));
  }

  @Test
  void aKubeconfigThatIsNotThereIsNamed() {
    Path missing = folder.resolve("missing");

    assertEquals(
        "--kubeconfig " + missing + ": there is no such file, or it may not be read",
        refusal("--kubeconfig=" + missing));
    assertTrue(refusal("--kubeconfig=" + folder).contains(folder.toString()));
  }

  @Test
  void aFileThatIsNoKubeconfigIsNamed() throws Exception {
    record Case(String text, String says) {}

    for (Case row :
        List.of(
            new Case("{ not yaml [", " is not a kubeconfig file: "),
            new Case("- 1\n- 2\n", " is not a kubeconfig file: "),
            new Case("hello there", " is not a kubeconfig file: "),
            new Case("", " is empty"),
            new Case(KUBECONFIG.replaceAll("(?m)^current.*\n", ""), " names no current-context"),
            new Case(
                KUBECONFIG.replaceAll("(?m)^clusters.*\n", ""),
                " has no cluster \"c\", which its context needs"))) {
      Path file = Files.writeString(folder.resolve("config"), row.text());

      String refusal = refusal("--kubeconfig=" + file);

      assertTrue(refusal.startsWith("--kubeconfig " + file + row.says()), refusal);
      assertEquals(1, refusal.lines().count(), refusal);
    }
  }

  @Test
  void aContextThatIsNotThereIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("config"), KUBECONFIG);

    assertEquals(
        "--kubeconfig " + file + " has no context \"two\"",
        refusal("--kubeconfig=" + file, "--context=two"));
  }

  @Test
  void aFolderOfManifestsNeedsNoCluster() throws Exception {
    assertTrue(description("--manifests=" + folder).contains(folder.toString()));
  }

  private static String description(String... flags) throws CannotStartException {
    try (Source source = Sources.of(settings(flags))) {
      return source.description();
    }
  }

  private static String refusal(String... flags) {
    return String.join(
        "\n",
        assertThrows(CannotStartException.class, () -> Sources.of(settings(flags)).close())
            .problems());
  }

  private static Settings settings(String... flags) {
    return switch (RunArguments.read(Stream.of(flags).toList(), () -> "node1")) {
      case RunArguments.Accepted(Settings settings, var _, var _) -> settings;
      case RunArguments.Refused refused -> throw new AssertionError(refused.problems());
      case RunArguments.HelpWanted _ -> throw new AssertionError("--help");
    };
  }
}
