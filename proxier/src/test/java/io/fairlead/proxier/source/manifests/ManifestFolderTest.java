package io.fairlead.proxier.source.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.net.IpAddress;
import io.fairlead.proxier.source.ProblemLog;
import io.fairlead.proxier.source.Recorder;
import io.fairlead.proxier.source.decode.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of manifests, written to as editors, people and kubelets write. */
final class ManifestFolderTest {
  private static final ManifestFolder.Timing BRISK =
      new ManifestFolder.Timing(Duration.ofMillis(20), Duration.ofMillis(300));
  private static final ObjectName WEB = new ObjectName("default", "web");
  private static final ObjectName DNS = new ObjectName("default", "dns");

  @TempDir Path folder;
  private final Recorder recorder = new Recorder();
  private final ProblemLog problems = new ProblemLog();
  private Optional<ManifestFolder> source = Optional.empty();

  @AfterEach
  void close() {
    source.ifPresent(ManifestFolder::close);
  }

  private void start() throws InterruptedException {
    source = Optional.of(new ManifestFolder(folder, BRISK, problems));
    source.get().start(recorder);
    recorder.awaitListed();
  }

  private static String service(String name, String ip) {
    return """
    apiVersion: v1
    kind: Service
    metadata:
      name: %s
    spec:
      clusterIP: %s
      ports:
        - port: 80
          targetPort: 8080
    """
        .formatted(name, ip);
  }

  private static String slice(String name, String service, String ip) {
    return """
    kind: EndpointSlice
    apiVersion: discovery.k8s.io/v1
    addressType: IPv4
    metadata:
      name: %s
      labels: {kubernetes.io/service-name: %s}
    ports: [{port: 8080}]
    endpoints: [{addresses: ["%s"]}]
    """
        .formatted(name, service, ip);
  }

  private void write(String file, String... documents) throws IOException {
    Files.writeString(folder.resolve(file), String.join("---\n", documents));
  }

  private void awaitIp(ObjectName name, String ip) throws InterruptedException {
    recorder.await(
        name + " has " + ip,
        () ->
            recorder.services().values().stream()
                .anyMatch(service ->
                    service.name().equals(name)
                        && service.clusterIps().equals(ImmutableList.of(IpAddress.parse(ip)))));
  }

  @Test
  void listsWhatIsThereThenSaysSo() throws Exception {
    write("b.yaml", service("web", "10.0.0.1"), slice("web-1", "web", "10.1.0.1"));
    write("a.yml", service("dns", "10.0.0.2"));
    write("notes.txt", "kind: Service");
    start();

    assertEquals(
        List.of(
            "+Service default/dns",
            "+Service default/web",
            "+Slice default/web-1",
            "Listed SERVICES",
            "Listed ENDPOINT_SLICES",
            "Listed NODES"),
        recorder.drain());
    recorder.slices().values().forEach(slice -> assertEquals("", slice.ports().get(0).name()));
  }

  @Test
  void aChangedFileReportsOnlyWhatChangedInIt() throws Exception {
    write("all.yaml", service("web", "10.0.0.1"), service("dns", "10.0.0.2"));
    start();
    recorder.drain();

    write("all.yaml", service("web", "10.0.0.1"), service("dns", "10.0.0.3"));
    awaitIp(DNS, "10.0.0.3");

    assertEquals(List.of("+Service default/dns"), recorder.drain());
  }

  /** P37. */
  @Test
  void aLabelForOthersTakesAServiceAndItsSlicesAwayUntilItGoes() throws Exception {
    for (String label :
        List.of(
            "service.kubernetes.io/headless: ''",
            "service.kubernetes.io/service-proxy-name: other")) {
      write("web.yaml", service("web", "10.0.0.1"), slice("web-1", "web", "10.1.0.1"));
      if (source.isEmpty()) {
        start();
      }
      recorder.await("both", () -> recorder.services().size() + recorder.slices().size() == 2);

      write(
          "web.yaml",
          service("web", "10.0.0.1")
              .replace("  name: web", "  name: web\n  labels: {" + label + "}"),
          slice("web-1", "web", "10.1.0.1").replace("labels: {", "labels: {" + label + ", "));
      recorder.await("neither", () -> recorder.services().size() + recorder.slices().size() == 0);
    }
    assertEquals(List.of(), problems.present());
  }

  @Test
  void aFileReplacedByRenameIsRead() throws Exception {
    write("web.yaml", service("web", "10.0.0.1"));
    start();

    write(".web.yaml.tmp", service("web", "10.0.0.9"));
    Files.move(
        folder.resolve(".web.yaml.tmp"),
        folder.resolve("web.yaml"),
        StandardCopyOption.ATOMIC_MOVE);

    awaitIp(WEB, "10.0.0.9");
  }

  @Test
  void aRemovedFileTakesItsObjectsAlong() throws Exception {
    write("web.yaml", service("web", "10.0.0.1"));
    write("dns.yaml", service("dns", "10.0.0.2"));
    start();
    recorder.drain();

    Files.delete(folder.resolve("web.yaml"));
    recorder.await("web gone", () -> !recorder.services().containsKey(WEB));

    assertEquals(List.of("-Service default/web"), recorder.drain());
  }

  @Test
  void aBrokenFileKeepsWhatItHeldAndSaysWhereItIsBroken() throws Exception {
    write("web.yaml", service("web", "10.0.0.1"));
    start();
    recorder.drain();

    write("web.yaml", "kind: Service\nmetadata: {name: web\nspec: [");
    write("z.yaml", service("dns", "10.0.0.2")); // read after the broken one
    awaitIp(DNS, "10.0.0.2");

    assertEquals(List.of("+Service default/dns"), recorder.drain());
    String problem = problems.present().stream().map(Problem::toString).findFirst().orElse("");
    assertTrue(problem.contains("web.yaml:3:"), problem);

    write("web.yaml", service("web", "10.0.0.7"));
    awaitIp(WEB, "10.0.0.7");
    assertEquals(List.of(), problems.present());
  }

  @Test
  void aConfigMapVolumeIsReadThroughItsLink() throws Exception {
    configMap("..2026_1", "10.0.0.1");
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_1"));
    Files.createSymbolicLink(folder.resolve("web.yaml"), Path.of("..data/web.yaml"));
    start();
    awaitIp(WEB, "10.0.0.1");

    configMap("..2026_2", "10.0.0.2");
    Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..2026_2"));
    Files.move(
        folder.resolve("..data_tmp"), folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

    awaitIp(WEB, "10.0.0.2");
  }

  private void configMap(String version, String ip) throws IOException {
    Files.createDirectory(folder.resolve(version));
    write(version + "/web.yaml", service("web", ip));
  }

  @Test
  void ofTwoFilesWithOneObjectTheFirstByNameCounts() throws Exception {
    write("b.yaml", service("web", "10.0.0.2"));
    write("a.yaml", service("web", "10.0.0.1"));
    start();
    awaitIp(WEB, "10.0.0.1");
    assertEquals(
        "Service default/web: is in the files a.yaml, b.yaml; the one in a.yaml counts",
        problems.present().stream().map(Problem::toString).findFirst().orElse(""));

    Files.delete(folder.resolve("a.yaml"));
    awaitIp(WEB, "10.0.0.2");
  }

  @Test
  void listsOfObjectsAndJsonAreRead() throws Exception {
    write(
        "list.json",
        """
        {"apiVersion": "v1", "items": [
        \t{"metadata": {"name": "web"}, "spec": {"clusterIP": "10.0.0.1"}, "kind": "Service"},
        \t{"metadata": {"name": "x"}, "kind": "Deployment", "spec": {"type": 7}},
        \t{"kind": "Node", "metadata": {"name": "node-a"}},
        \t{"kind": "Node", "metadata": {"name": "node-b"}}
        ], "kind": "List"}
        """);
    start();

    awaitIp(WEB, "10.0.0.1");
    recorder.await(
        "both Nodes", () -> recorder.nodes().keySet().equals(Set.of("node-a", "node-b")));
    assertEquals(List.of(), problems.present());
  }

  @Test
  void aFolderThatIsAwayKeepsEverythingAndIsFoundAgain() throws Exception {
    Path parent = folder;
    folder = Files.createDirectory(parent.resolve("manifests"));
    write("web.yaml", service("web", "10.0.0.1"));
    start();
    recorder.drain();

    Files.move(folder, parent.resolve("away"));
    Path next = Files.createDirectory(parent.resolve("next"));
    Files.writeString(next.resolve("web.yaml"), service("web", "10.0.0.5"));
    Files.move(next, folder);

    awaitIp(WEB, "10.0.0.5");
    assertEquals(List.of("+Service default/web"), recorder.drain());
  }
}
