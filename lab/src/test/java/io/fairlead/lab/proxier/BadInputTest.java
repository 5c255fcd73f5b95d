package io.fairlead.lab.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Rig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Input that is wrong, given to the daemon as it is run: each is named, and the rest goes on. */
class BadInputTest {
  private static final String GOOD =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec: {clusterIPs: [10.96.30.32], ports: [{port: 80}]}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
      addressType: IPv4
      ports: [{port: 8080}]
      endpoints: [{addresses: [10.244.1.10]}]
      """;

  private final Rig rig = Rig.create();
  private final Node node = rig.node("node1");
  @TempDir Path folder;

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void whatIsWrongIsNamedAndTheRestIsServed() throws Exception {
    Path manifests = Files.createDirectory(folder.resolve("manifests"));
    Files.writeString(manifests.resolve("broken.yaml"), "kind: Service\nmetadata: {name: [\n");
    Files.writeString(
        manifests.resolve("address.yaml"),
        """
        {kind: Service, apiVersion: v1, metadata: {name: half},
        spec: {clusterIPs: [10.96.0.7], externalIPs: [10.96.0.300], ports: [{port: 81}]}}
        """);
    Files.writeString(
        manifests.resolve("label.yaml"),
        """
        {kind: EndpointSlice, apiVersion: discovery.k8s.io/v1, metadata: {name: lost},
        addressType: IPv4, ports: [{port: 8080}], endpoints: [{addresses: [10.244.1.11]}]}
        """);
    Files.writeString(
        manifests.resolve("rival.yaml"), GOOD.replace("web", "zweb").replace("1.10", "1.12"));
    Files.writeString(manifests.resolve("web.yaml"), GOOD);
    Path log = folder.resolve("log");
    Process daemon = start(manifests, log);
    try {
      awaitSynced(log);
      assertEquals(
          List.of(
              "-A -t 10.96.0.7:81 -s rr",
              "-A -t 10.96.30.32:80 -s rr",
              "-a -t 10.96.30.32:80 -r 10.244.1.10:8080 -m -w 1"),
          ipvs());
      String text = Files.readString(log);
      for (String named :
          List.of(
              "broken.yaml:",
              "Service default/half: spec.externalIPs[0]: \"10.96.0.300\" is not an IP address",
              "EndpointSlice default/lost: metadata.labels has no kubernetes.io/service-name",
              "W sync: default/zweb: TCP 10.96.30.32:80 is already served for default/web")) {
        assertEquals(1, text.lines().filter(line -> line.contains(named)).count(), named + text);
      }
    } finally {
      daemon.destroy(); // SIGTERM
      assertTrue(daemon.waitFor(60, TimeUnit.SECONDS), "still running");
    }
    String text = Files.readString(log);
    assertTrue(text.contains("stopped; the kernel keeps what it has"), text);
    assertEquals(3, ipvs().size(), "the kernel keeps what it has");
  }

  private Process start(Path manifests, Path log) {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "io.fairlead.proxier.Fairlead",
            "run",
            "--manifests=" + manifests,
            "--hostname-override=" + node.name(),
            "--ownership-record=" + folder.resolve("owned"));
    return node.namespace()
        .call(() ->
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start());
  }

  private static void awaitSynced(Path log) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.readString(log).contains("is already served")) {
      assertTrue(System.nanoTime() < deadline, Files.readString(log));
      Thread.sleep(100);
    }
  }

  private List<String> ipvs() {
    return node.namespace().run("ipvsadm", "-Sn").lines().map(String::strip).sorted().toList();
  }
}
