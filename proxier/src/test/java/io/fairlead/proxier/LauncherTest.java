package io.fairlead.proxier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that starts the packaged command, with a Java that only says how it was called. */
class LauncherTest {
  @TempDir Path folder;
  private Path home;
  private Path java;

  private record Said(int status, String text) {}

  @BeforeEach
  void install() throws IOException {
    home = folder.resolve("fairlead");
    java = folder.resolve("jdk");
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("lib"));
    Files.createDirectories(java.resolve("bin"));
    Files.copy(Path.of("src/main/sh/fairlead"), home.resolve("bin/fairlead"));
    Files.writeString(home.resolve("lib/b.jar"), "of b");
    Files.writeString(home.resolve("lib/a.jar"), "of a");
    Files.writeString(java.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
    javaDoes("printf '%s\\n' \"$@\"");
  }

  /** Rehearsing, the JVM makes the cache when it ends. */
  private void javaDoes(String script) throws IOException {
    Path program = java.resolve("bin/java");
    Files.writeString(
        program,
        """
        #!/bin/sh
        for argument; do
          case $argument in -XX:AOTCacheOutput=*) echo classes > "${argument#*=}" ;; esac
        done
        %s
        """
            .formatted(script));
    assertTrue(program.toFile().setExecutable(true));
  }

  private Said fairlead(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", home.resolve("bin/fairlead").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", java.toString());
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Said(process.waitFor(), text);
  }

  private String cacheOption() {
    return "-XX:AOTCache=" + home.resolve("fairlead.aot");
  }

  @Test
  void withoutACacheItStartsAllTheSame() throws Exception {
    Said said = fairlead("run", "-v", "4");

    assertFalse(said.text().contains("AOTCache"), said.text());
    assertTrue(said.text().endsWith("io.fairlead.proxier.Fairlead\nrun\n-v\n4\n"), said.text());
  }

  @Test
  void theJarsHaveOneOrderOnEveryMachine() throws Exception {
    String lib = home.resolve("lib").toString();

    Said said = fairlead("run");

    assertTrue(said.text().contains(lib + "/a.jar:" + lib + "/b.jar\n"), said.text());
  }

  @Test
  void whatWasRehearsedIsUsed() throws Exception {
    assertEquals(new Said(0, ""), fairlead("rehearse"));

    assertTrue(fairlead("run").text().contains(cacheOption()));
  }

  @Test
  void aCacheOfOtherJarsIsLeftAlone() throws Exception {
    fairlead("rehearse");
    Files.writeString(home.resolve("lib/b.jar"), "oh b"); // as long as before

    Said said = fairlead("run");

    assertFalse(said.text().contains(cacheOption()), said.text());
    assertTrue(said.text().contains("is not of these jars, and is left alone"), said.text());
    assertEquals(0, said.status());
  }

  @Test
  void aJarMoreIsAnotherCommandToo() throws Exception {
    fairlead("rehearse");
    Files.writeString(home.resolve("lib/c.jar"), "of c");

    assertFalse(fairlead("run").text().contains(cacheOption()));
  }

  @Test
  void aRehearsalThatFailsSaysWhyAndLeavesNoCacheInUse() throws Exception {
    javaDoes("echo 'no such option'; exit 1");

    Said said = fairlead("rehearse");

    assertEquals(1, said.status());
    assertTrue(said.text().startsWith("no such option\n"), said.text());
    javaDoes("printf '%s\\n' \"$@\"");
    assertFalse(fairlead("run").text().contains(cacheOption()));
  }
}
