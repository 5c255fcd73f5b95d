package io.fairlead.proxier.source.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.google.common.collect.ImmutableList;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.Node;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.IpAddress;
import io.fairlead.proxier.log.LogLines;
import io.fairlead.proxier.source.ProblemLog;
import io.fairlead.proxier.source.Recorder;
import io.fairlead.proxier.source.SourceStatus;
import io.fairlead.proxier.source.decode.ObjectDecoder;
import io.fairlead.proxier.source.decode.ObjectKind;
import io.fairlead.proxier.tls.SelfSigned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The source against a server of our own, over real HTTP and TLS. */
final class KubernetesSourceTest {
  private static final String SERVICES = "/api/v1/services";
  private static final String SLICES = "/apis/discovery.k8s.io/v1/endpointslices";
  private static final String NODES = "/api/v1/nodes";
  private static final ObjectName WEB = new ObjectName("a", "web");
  private static final WatchTiming BRISK =
      new WatchTiming(
          Duration.ofSeconds(5),
          Duration.ofMillis(400),
          Duration.ofMillis(600),
          Duration.ofSeconds(600),
          Duration.ofMillis(5),
          Duration.ofMillis(50),
          3);

  private final Recorder recorder = new Recorder();
  private final ProblemLog problems = new ProblemLog();
  private FakeApi api;
  private Optional<KubernetesSource> source = Optional.empty();

  @BeforeEach
  void open() throws IOException {
    api = new FakeApi(Optional.empty(), 1);
    api.put(SERVICES, "a/web", service("a", "web", "10.0.0.1", ""));
    api.put(SLICES, "a/web-1", slice("a", "web-1", "web", "10.1.0.1"));
    api.put(NODES, "node-a", node("node-a", "zone-1", "192.0.2.1"));
    api.put(NODES, "node-b", node("node-b", "zone-2", "192.0.2.2"));
  }

  @AfterEach
  void close() {
    source.ifPresent(KubernetesSource::close);
    api.close();
  }

  private void start(WatchTiming timing) throws InterruptedException {
    start(timing, new ConfigBuilder().withMasterUrl(api.url()));
  }

  private void start(WatchTiming timing, ConfigBuilder config) throws InterruptedException {
    start(timing, ApiServer.of(config.build()));
  }

  private void start(WatchTiming timing, ApiServer server) throws InterruptedException {
    source = Optional.of(new KubernetesSource(server, "node-a", timing, problems, new Random(1)));
    source.get().start(recorder);
    recorder.awaitListed();
  }

  private static String service(String namespace, String name, String ip, String labels) {
    return """
    {"spec":{"clusterIPs":["%s"],"ports":[{"port":80,"targetPort":"http"}]},
     "metadata":{"name":"%s","namespace":"%s","resourceVersion":"%%s","labels":{%s},
       "annotations":{"fairlead.io/note":"café ✓ 🚢","other":"ignored é"},
       "managedFields":[{"manager":"x","fieldsV1":{"f:spec":{"f:ports":{".":{}}}}}]}}
    """
        .formatted(ip, name, namespace, labels);
  }

  private static String slice(String namespace, String name, String service, String ip) {
    return slice(namespace, name, service, ip, "\"app\":\"x\"");
  }

  private static String slice(
      String namespace, String name, String service, String ip, String label) {
    return """
    {"metadata":{"name":"%s","namespace":"%s","resourceVersion":"%%s",
       "labels":{"kubernetes.io/service-name":"%s",%s}},
     "endpoints":[{"addresses":["%s"],"conditions":{"ready":true},"nodeName":"node-é"}],
     "ports":[{"name":"http","port":8080,"protocol":"TCP"}],"addressType":"IPv4"}
    """
        .formatted(name, namespace, service, label, ip);
  }

  private static String node(String name, String zone, String address) {
    return """
    {"metadata":{"name":"%s","resourceVersion":"%%s",
       "labels":{"topology.kubernetes.io/zone":"%s"}},
     "spec":{"podCIDR":"10.244.0.0/24"},
     "status":{"images":[{"names":["x"],"sizeBytes":1}],
       "addresses":[{"type":"InternalIP","address":"%s"}]}}
    """
        .formatted(name, zone, address);
  }

  private Map<ObjectName, Service> expectedServices() {
    Map<ObjectName, Service> expected = new TreeMap<>();
    for (ClusterEvent event : decoded(ObjectKind.SERVICE, SERVICES)) {
      if (event instanceof ClusterEvent.ServiceApplied(Service service)) {
        expected.put(service.name(), service);
      }
    }
    return expected;
  }

  private Map<ObjectName, EndpointSlice> expectedSlices() {
    Map<ObjectName, EndpointSlice> expected = new TreeMap<>();
    for (ClusterEvent event : decoded(ObjectKind.ENDPOINT_SLICE, SLICES)) {
      if (event instanceof ClusterEvent.SliceApplied(EndpointSlice slice)) {
        expected.put(slice.name(), slice);
      }
    }
    return expected;
  }

  private List<ClusterEvent> decoded(ObjectKind kind, String collection) {
    List<ClusterEvent> events = new ArrayList<>();
    for (String json : api.jsonOf(collection)) {
      try (JsonParser in = new JsonFactory().createParser(json)) {
        in.nextToken();
        ObjectDecoder.ofResource(kind)
            .objects(in, it -> it.applied().ifPresent(events::add), _ -> {});
      } catch (IOException e) {
        throw new AssertionError(json, e);
      }
    }
    return events;
  }

  private void awaitInStep(String after) throws InterruptedException {
    recorder.await(
        "the server's state after " + after,
        () ->
            recorder.services().equals(expectedServices())
                && recorder.slices().equals(expectedSlices()));
  }

  private long failures() {
    return source.stream()
        .flatMap(it -> it.status().stream())
        .mapToLong(SourceStatus::failures)
        .sum();
  }

  @ParameterizedTest
  @EnumSource(FakeApi.WatchList.class)
  void listsAndFollows(FakeApi.WatchList how) throws Exception {
    api.watchList(how);
    start(BRISK);
    awaitInStep("the list");

    api.put(SERVICES, "a/dns", service("a", "dns", "10.0.0.2", ""));
    api.put(SLICES, "a/web-1", slice("a", "web-1", "web", "10.1.0.2"));
    api.delete(SERVICES, "a/web");

    awaitInStep("changes");
    assertEquals(
        "café ✓ 🚢",
        recorder.services().values().iterator().next().annotations().get("fairlead.io/note"));
    assertEquals(List.of(), problems.present());
  }

  /** P37: the server's selector makes DELETED of a label that comes, and ADDED of one that goes. */
  @ParameterizedTest
  @CsvSource({
    "KNOWN,   service.kubernetes.io/service-proxy-name",
    "KNOWN,   service.kubernetes.io/headless",
    "REFUSED, service.kubernetes.io/service-proxy-name",
    "REFUSED, service.kubernetes.io/headless"
  })
  void aLabelThatComesTakesTheServiceAwayAndOneThatGoesBringsItBack(
      FakeApi.WatchList how, String label) throws Exception {
    String labelled = "\"" + label + "\":\"\"";
    api.watchList(how);
    api.put(SERVICES, "a/other", service("a", "other", "10.0.0.9", labelled));
    start(BRISK);
    awaitInStep("the list");
    assertEquals(Set.of(WEB), recorder.services().keySet());
    recorder.drain();

    api.put(SERVICES, "a/web", service("a", "web", "10.0.0.1", labelled));
    api.put(SLICES, "a/web-1", slice("a", "web-1", "web", "10.1.0.1", labelled));
    recorder.await("both gone", () -> recorder.services().isEmpty() && recorder.slices().isEmpty());
    api.put(SERVICES, "a/web", service("a", "web", "10.0.0.1", ""));
    api.put(SLICES, "a/web-1", slice("a", "web-1", "web", "10.1.0.1"));
    awaitInStep("the end of the label");

    assertEquals(
        List.of("+Service a/web", "+Slice a/web-1", "-Service a/web", "-Slice a/web-1"),
        recorder.drain().stream().sorted().toList());
  }

  @Test
  void typeChangesAreFollowed() throws Exception {
    start(BRISK);
    awaitInStep("the list");
    for (String spec :
        List.of(
            "\"type\":\"ExternalName\",\"externalName\":\"example.com\"",
            "\"type\":\"NodePort\",\"clusterIP\":\"10.0.0.1\",\"ports\":[{\"port\":80,"
                + "\"nodePort\":30080}]",
            "\"type\":\"ClusterIP\",\"clusterIP\":\"None\"",
            "\"type\":\"ClusterIP\",\"clusterIP\":\"10.0.0.1\",\"ports\":[{\"port\":80}]")) {
      api.put(
          SERVICES,
          "a/web",
          "{\"metadata\":{\"name\":\"web\",\"namespace\":\"a\",\"resourceVersion\":\"%s\"},\"spec\":{"
              + spec
              + "}}");
      awaitInStep(spec);
    }
  }

  @Test
  void ofOtherNodesOnlyNewAddressesAreReported() throws Exception {
    start(BRISK);
    assertEquals(
        Map.of(
            "node-a",
            new Node(
                "node-a",
                Optional.of("zone-1"),
                ImmutableList.of(IpAddress.parse("192.0.2.1")),
                ImmutableList.of(Cidr.parse("10.244.0.0/24")),
                true),
            "node-b",
            new Node(
                "node-b",
                Optional.empty(),
                ImmutableList.of(IpAddress.parse("192.0.2.2")),
                ImmutableList.of(),
                true)),
        recorder.nodes());
    recorder.drain();

    api.put(NODES, "node-a", node("node-a", "zone-1", "192.0.2.1")); // as kubelets say again
    api.put(NODES, "node-b", node("node-b", "zone-9", "192.0.2.2"));
    api.put(NODES, "node-b", node("node-b", "zone-9", "192.0.2.3"));
    api.put(NODES, "node-a", node("node-a", "zone-9", "192.0.2.1"));
    api.delete(NODES, "node-b");
    recorder.await("node-b gone", () -> recorder.nodes().size() == 1);

    assertEquals(List.of("+Node node-b", "+Node node-a", "-Node node-b"), recorder.drain());
  }

  @ParameterizedTest
  @EnumSource(FakeApi.WatchList.class)
  void whoMayReadTheOwnNodeOnlyGetsThatUntilItMayReadAll(FakeApi.WatchList how) throws Exception {
    api.watchList(how);
    api.restrict(NODES, true);
    LogLines log = LogLines.of(Reflector.class.getName());
    try {
      start(BRISK);
      assertEquals(Set.of("node-a"), recorder.nodes().keySet());
      api.put(NODES, "node-a", node("node-a", "zone-9", "192.0.2.1"));
      recorder.await(
          "the zone",
          () ->
              recorder.nodes().values().stream()
                  .anyMatch(it -> it.zone().equals(Optional.of("zone-9"))));
      awaitFailures(4); // every end of a watch is an occasion to ask for all again
      assertEquals(
          1, log.take().stream().filter(it -> it.contains("all of them cannot be read")).count());

      api.restrict(NODES, false);
      recorder.await("all", () -> recorder.nodes().size() == 2);
    } finally {
      log.close();
    }

    api.restrict(NODES, true);
    api.dropWatches();
    awaitFailures(failures() + 4);
    assertEquals(2, recorder.nodes().size(), "what is known stays");
  }

  private void awaitFailures(long count) throws InterruptedException {
    while (failures() < count) {
      Thread.sleep(5);
    }
  }

  @Test
  void pagesAreOneList() throws Exception {
    api.watchList(FakeApi.WatchList.REFUSED);
    api.pageAlways();
    for (int i = 0; i < 10; i++) {
      api.put(SERVICES, "a/s" + i, service("a", "s" + i, "10.0.1." + i, ""));
    }
    start(BRISK);
    awaitInStep("the list");
    assertEquals(
        3,
        api.requests().stream()
            .filter(it -> it.startsWith(SERVICES) && it.contains("continue="))
            .count());
  }

  @ParameterizedTest
  @CsvSource({"true, KNOWN", "true, REFUSED", "false, KNOWN", "false, REFUSED"})
  void goneMeansAFreshListThatReportsOnlyTheDifference(boolean asHttpStatus, FakeApi.WatchList how)
      throws Exception {
    api.watchList(how);
    api.put(SERVICES, "a/dns", service("a", "dns", "10.0.0.2", ""));
    api.put(SERVICES, "a/old", service("a", "old", "10.0.0.3", ""));
    start(BRISK);
    awaitInStep("the list");
    recorder.drain();

    api.stall(true);
    api.delete(SERVICES, "a/old");
    api.put(SERVICES, "a/dns", service("a", "dns", "10.0.0.4", ""));
    api.compact(asHttpStatus);
    api.dropWatches();
    api.stall(false);
    awaitInStep("the fresh list");

    assertEquals(
        List.of("+Service a/dns", "-Service a/old"), recorder.drain().stream().sorted().toList());
  }

  @Test
  void aWatchGoesOnFromTheLastBookmark() throws Exception {
    start(BRISK);
    api.put(
        NODES, "node-z", node("node-z", "zone-3", "192.0.2.26")); // moves the version, not services
    recorder.await("node-z", () -> recorder.nodes().containsKey("node-z"));
    api.bookmark();
    awaitVersion("104");
    recorder.drain();

    api.compact(true); // a watch from before the bookmark would be Gone
    api.put(SERVICES, "a/dns", service("a", "dns", "10.0.0.2", ""));
    api.dropWatches();
    awaitInStep("the drop");

    assertEquals(List.of("+Service a/dns"), recorder.drain());
  }

  private void awaitVersion(String version) throws InterruptedException {
    while (source.stream()
        .flatMap(it -> it.status().stream())
        .filter(it -> it.resource().equals("services"))
        .noneMatch(it -> it.resourceVersion().compareTo(version) > 0)) {
      Thread.sleep(5);
    }
  }

  @Test
  void aSilentConnectionIsDroppedAndTheWatchGoesOn() throws Exception {
    start(BRISK);
    api.stall(true);
    api.put(SERVICES, "a/dns", service("a", "dns", "10.0.0.2", ""));
    while (failures() < 2) {
      Thread.sleep(20);
    }
    assertEquals(1, recorder.services().size());
    api.stall(false);
    awaitInStep("the stall");
  }

  @Test
  void aServerThatIsAwayChangesNothing() throws Exception {
    start(BRISK);
    recorder.drain();
    api.away();
    while (failures() < 12) {
      Thread.sleep(10);
    }
    assertEquals(List.of(), recorder.drain());
    api.back();
    api.put(SERVICES, "a/dns", service("a", "dns", "10.0.0.2", ""));
    awaitInStep("the return");
  }

  @Test
  void garbageIsDroppedAndWhatWasMeantComesAgain() throws Exception {
    start(BRISK);
    api.garble(4);
    api.put(SERVICES, "a/dns", service("a", "dns", "10.0.0.2", ""));
    api.put(SLICES, "a/web-1", slice("a", "web-1", "web", "10.1.0.7"));
    awaitInStep("garbage");
  }

  @Test
  void errorsAreRetriedAndRetryAfterIsKept() throws Exception {
    api.answerWith(500, 503, 429, 404, 500);
    long start = System.nanoTime();
    start(BRISK);
    awaitInStep("errors");
    assertTrue(System.nanoTime() - start >= Duration.ofSeconds(1).toNanos(), "429 asked for 1 s");
  }

  @Test
  void anObjectThatCannotBeUsedIsReportedAndStopsNothing() throws Exception {
    start(BRISK);
    api.put(SLICES, "a/bad", "{\"metadata\":{\"name\":\"bad\",\"resourceVersion\":\"%s\"}}");
    api.put(SERVICES, "a/odd", service("a", "odd", "10.0.0.300", ""));
    api.put(SERVICES, "a/dns", service("a", "dns", "10.0.0.2", ""));
    awaitInStep("a bad object");
    recorder.await("a/odd", () -> recorder.services().size() == 3);
    assertTrue(
        problems.present().toString().contains("spec.clusterIPs[0]"),
        () -> problems.present().toString());
  }

  @Test
  void tlsAndATokenWorkAndAWrongTokenIsToldApart(@TempDir Path folder) throws Exception {
    ConfigBuilder config = overTls(folder);
    api.demand("secret");
    start(BRISK, config.withOauthToken("secret").withMasterUrl(api.url()));
    awaitInStep("the list");

    api.demand("rotated");
    api.dropWatches();
    while (source.stream()
        .flatMap(it -> it.status().stream())
        .noneMatch(it -> it.lastFailure().startsWith("401"))) {
      Thread.sleep(10);
    }
    api.demand("secret");
    api.put(SERVICES, "a/dns", service("a", "dns", "10.0.0.2", ""));
    awaitInStep("the rotation");
  }

  @Test
  void eventsAreCreatedButOnlySoManyAMinute() throws Exception {
    api.put(
        "/api/v1/namespaces/a/services",
        "web",
        "{\"kind\":\"Service\",\"metadata\":{\"name\":\"web\",\"uid\":\"0b-1\",\"resourceVersion\":\"%s\"}}");
    try (ApiServer server = ApiServer.of(new ConfigBuilder().withMasterUrl(api.url()).build());
        EventRecorder events =
            new EventRecorder(server, "node-a", InstantSource.fixed(Instant.EPOCH))) {
      events.starting();
      for (int i = 1; i < 25; i++) {
        events.service(
            new ObjectName("a", "web"), EventRecorder.Severity.WARNING, "Bad", "Sync", "note " + i);
      }
      events.node(EventRecorder.Severity.NORMAL, "Dropped", "None", "one too many");
      api.awaitRequest("note 24");
    }
    List<String> posted = api.requests().stream().filter(it -> it.startsWith("POST")).toList();
    assertEquals(25, posted.size());
    assertTrue(posted.get(0).contains("\"reason\":\"Starting\",\"action\":\"StartFairlead\""));
    assertTrue(posted.get(1).contains("/apis/events.k8s.io/v1/namespaces/a/events"));
    assertTrue(
        posted
            .get(1)
            .contains(
                "\"kind\":\"Service\",\"name\":\"web\",\"namespace\":\"a\",\"uid\":\"0b-1\"}"),
        posted.get(1));
  }

  @ParameterizedTest
  @CsvSource({"1, false", "2, false", "3, true", "5, false", "8, true", "13, false", "21, true"})
  void afterAnyDisturbancesTheStateIsTheServers(long seed, boolean tls, @TempDir Path folder)
      throws Exception {
    Random random = new Random(seed);
    ConfigBuilder config = tls ? overTls(folder) : new ConfigBuilder();
    api.watchList(ImmutableList.copyOf(FakeApi.WatchList.values()).get(random.nextInt(3)));
    start(BRISK, config.withMasterUrl(api.url()));
    for (int step = 0; step < 60; step++) {
      disturb(random);
    }
    api.stall(false);
    awaitInStep("seed " + seed);
  }

  @Test
  void aKubeconfigFileIsEnough(@TempDir Path folder) throws Exception {
    Path kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(
        kubeconfig,
        """
        apiVersion: v1
        kind: Config
        current-context: here
        contexts: [{name: here, context: {cluster: fake, user: proxy}}]
        clusters: [{name: fake, cluster: {server: "%s"}}]
        users: [{name: proxy, user: {token: secret}}]
        """
            .formatted(api.url()));
    api.demand("secret");
    start(BRISK, ApiServer.of(kubeconfig));
    awaitInStep("the list");
  }

  @Test
  void aServiceAccountsTokenIsReadAgainWhenItIsRefused(@TempDir Path folder) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "first");
    // As fabric8 finds them in a pod, but by properties, which a test can set.
    System.setProperty("kubernetes.master", api.url());
    System.setProperty("kubernetes.auth.serviceAccount.token", token.toString());
    try {
      api.demand("first");
      start(BRISK, ApiServer.found());
      awaitInStep("the list");

      Files.writeString(token, "second");
      api.demand("second");
      api.dropWatches();
      api.put(SERVICES, "a/dns", service("a", "dns", "10.0.0.2", ""));
      awaitInStep("the rotation");
    } finally {
      System.clearProperty("kubernetes.master");
      System.clearProperty("kubernetes.auth.serviceAccount.token");
    }
  }

  /** Puts a TLS server in the place of the plain one. */
  private ConfigBuilder overTls(Path folder) throws Exception {
    api.close();
    SelfSigned certificate = SelfSigned.make(folder, "127.0.0.1");
    api = new FakeApi(Optional.of(certificate.server()), 2);
    api.put(SERVICES, "a/web", service("a", "web", "10.0.0.1", ""));
    api.put(NODES, "node-a", node("node-a", "zone-1", "192.0.2.1"));
    return new ConfigBuilder().withCaCertFile(certificate.pem().toString());
  }

  private void disturb(Random random) throws Exception {
    String name = "s" + random.nextInt(8);
    switch (random.nextInt(14)) {
      case 0, 1, 2, 3 ->
          api.put(SERVICES, "a/" + name, service("a", name, "10.0.2." + random.nextInt(250), ""));
      case 4, 5, 6 ->
          api.put(
              SLICES, "a/" + name, slice("a", name, "web", "10.1.1." + (1 + random.nextInt(250))));
      case 7 -> api.delete(SERVICES, "a/" + name);
      case 8 -> api.delete(SLICES, "a/" + name);
      case 9 -> api.dropWatches();
      case 10 -> api.compact(random.nextBoolean());
      case 11 -> api.answerWith(500 + random.nextInt(4));
      case 12 -> api.garble(1);
      case 13 -> {
        api.stall(random.nextBoolean());
        api.bookmark();
      }
      default -> throw new AssertionError();
    }
    Thread.sleep(random.nextInt(4));
  }
}
