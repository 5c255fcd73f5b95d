package io.fairlead.proxier.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcFileTest {
  @TempDir Path folder = Path.of("");

  @Test
  void aNumberOfManyDigitsIsReadWhole() throws Exception {
    String file = "/proc/sys/kernel/pid_max";
    Process cat = new ProcessBuilder("cat", file).start();

    assertEquals(
        new String(cat.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
            .strip(),
        ProcFile.read(Path.of(file)));
  }

  @Test
  void nothingIsAnEmptyValue() throws IOException {
    assertEquals("", ProcFile.read(Files.createFile(folder.resolve("empty"))));
  }
}
