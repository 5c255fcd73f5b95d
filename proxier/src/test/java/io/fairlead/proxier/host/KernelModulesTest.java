package io.fairlead.proxier.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelModulesTest {
  @TempDir Path root = Path.of("");

  @Test
  void aKernelWithoutIpvsIsToldHowToGetIt() {
    KernelModules modules = new KernelModules(root);

    assertFalse(modules.hasIpvs());
    assertTrue(
        modules
            .problems()
            .getFirst()
            .startsWith(
                "kernel module ip_vs is not loaded and could not be autoloaded: run `modprobe ip_vs`"
                    + " on the host"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"proc/net/ip_vs", "proc/sys/net/ipv4/vs"})
  void eitherFileShowsIpvs(String path) throws IOException {
    Files.createDirectories(root.resolve(path));

    assertEquals(0, new KernelModules(root).problems().size());
  }

  @Test
  void aLoadedSchedulerShows() throws IOException {
    Files.createDirectories(root.resolve("sys/module/ip_vs_lc"));

    assertTrue(new KernelModules(root).hasLoaded("lc"));
    assertFalse(new KernelModules(root).hasLoaded("rr"));
  }

  @Test
  void releasesThatMakeNoSenseAreNamed() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> KernelVersion.parse("six\n"));
    assertEquals("\"six\" is not a kernel release such as 6.1.0", e.getMessage());
    assertEquals(new KernelVersion(7, 0), KernelVersion.parse("7.0"));
    assertTrue(KernelVersion.parse("5.10").isAtLeast(5, 9));
  }
}
