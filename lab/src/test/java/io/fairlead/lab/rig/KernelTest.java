package io.fairlead.lab.rig;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The kernel that the tests run on has what they need. */
class KernelTest {
  @Test
  void theKernelHasIpvs() {
    assertTrue(Files.exists(Path.of("/proc/net/ip_vs")));
  }
}
