package io.fairlead.proxier.host;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostAdviceTest {
  private static final String BITS = "sys/module/ip_vs/parameters/conn_tab_bits";
  private static final String BRIDGE = "proc/sys/net/bridge/bridge-nf-call-iptables";

  @TempDir Path root = Path.of("");

  @ParameterizedTest
  @CsvSource({
    BITS + ",12,IPVS finds connections in 4096 hash buckets",
    BITS + ",20,''",
    BRIDGE + ",0,net.bridge.bridge-nf-call-iptables is 0",
    BRIDGE + ",1,''",
    "proc/none,0,''"
  })
  void advises(String file, String value, String expect) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, value + "\n");

    String lines = String.join("\n", new HostAdvice(root).lines());

    assertTrue(expect.isEmpty() ? lines.isEmpty() : lines.startsWith(expect), lines);
  }
}
