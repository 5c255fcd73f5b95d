package io.fairlead.lab.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Sets;
import io.fairlead.core.cluster.TestObjects;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Comparison.Delta;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.dataplane.Drift;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Marked;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import io.fairlead.core.reconcile.RandomCluster;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.core.reconcile.ReconcilerSettings;
import io.fairlead.core.reconcile.ReferenceModel;
import io.fairlead.core.reconcile.ReferenceModel.Split;
import io.fairlead.netlink.jna.PrivateNamespace;
import io.fairlead.proxier.kernel.KernelDataplane;
import io.fairlead.proxier.settings.LocalDetector;
import io.fairlead.proxier.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Some hundred random clusters, one after the other in place: what {@code ipvsadm}, {@code ip} and
 * {@code nft} say that the kernel holds is what the specification says that it should.
 */
@Tag("long")
class RandomClusterKernelTest {
  private static final int CLUSTERS = 60;
  private static final int CLUSTERS_A_RUN = 20;

  /** One process for all three: starting one takes longer than most of what they do. */
  private static final String READ =
      "ipvsadm -Sn && echo && ip -j addr && echo && nft -j list table inet fairlead";

  private static final String STRANGERS =
      "-A -t 192.0.2.9:443 -s wrr\n-A -f 4096 -s wrr\n-A -f 4097 -s wrr -6\n";

  private final Random random = new Random(0);
  private final RandomCluster cluster = new RandomCluster(random);
  private final ObjectMapper json = new ObjectMapper();
  private final PrivateNamespace namespace;
  private final KernelDataplane kernel;
  private PlannerSettings settings = PlannerSettings.of("rr");
  private ImmutableSet<VirtualServerKey> recorded = ImmutableSet.of();
  private long seed;
  private int step;

  RandomClusterKernelTest() throws IOException {
    namespace = PrivateNamespace.create();
    // No automatic link-local address: the search for duplicates would take a second.
    run(
        "link set lo up\nlink add eth0 type dummy\nlink set eth0 addrgenmode none up\n",
        "ip",
        "-batch",
        "-");
    run(STRANGERS, "ipvsadm", "-R");
    var detector = new LocalDetector.ClusterCidrs(ImmutableList.of(Cidr.parse("10.0.0.0/16")));
    kernel =
        namespace
            .namespace()
            .call(() -> KernelDataplane.open(new Settings.Masquerade(14, false, detector)));
  }

  @AfterEach
  void close() {
    kernel.close();
    namespace.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatTheToolsReadBackIsWhatTheSpecificationSays(long seeded) throws Exception {
    seed = seeded;
    random.setSeed(seed);
    for (int events = 0; events < 20; events++) {
      var _ = cluster.next();
    }
    int virtualServers = 0;
    int elements = 0;
    while (step < CLUSTERS) {
      settings = RandomCluster.settings(random);
      Reconciler reconciler = started();
      for (int i = 0; i < CLUSTERS_A_RUN; i++, step++) {
        change(reconciler);
        sync(reconciler);
        reconciler.draining().forEach(key -> count(reconciler, key));
        sync(reconciler);
        ReferenceModel model = ReferenceModel.of(cluster, settings);
        assertHolds(model);
        audit(reconciler);
        virtualServers += model.addressed.size() + model.marked.size();
        elements += model.elements.size() + model.localOnly.size();
      }
      recorded = reconciler.ownedOffDevice();
    }
    assertTrue(virtualServers > 5 * CLUSTERS, virtualServers + " virtual servers");
    assertTrue(elements > 20 * CLUSTERS, elements + " set elements");
  }

  private Reconciler started() throws Exception {
    var reconciler =
        new Reconciler(new Planner(settings), new ReconcilerSettings(TestObjects.NODE));
    cluster.listing().forEach(reconciler::on);
    reconciler.observe(kernel.compare(reconciler.believed()), recorded);
    return reconciler;
  }

  private void change(Reconciler reconciler) throws Exception {
    for (int events = 1 + random.nextInt(8); events > 0; events--) {
      reconciler.on(cluster.next());
    }
    if (random.nextInt(4) == 0) {
      IpAddress moved = cluster.moveDeviceAddress();
      String verb = cluster.devices.contains(moved) ? "add" : "del";
      run(
          "addr %s %s dev eth0\n".formatted(verb, new Cidr(moved, moved.family().bits())),
          "ip",
          "-batch",
          "-");
      reconciler.nodeAddresses(kernel.nodeAddresses());
    }
  }

  private void sync(Reconciler reconciler) {
    ImmutableList<Change> changes = reconciler.changes(0);
    assertEquals(List.of(), kernel.apply(changes), this::where);
    reconciler.applied(changes, ImmutableList.of(), 0);
  }

  /** What was written is what is believed, and so there is nothing to repair. */
  private void audit(Reconciler reconciler) throws Exception {
    Drift drift = kernel.compare(reconciler.believed());
    assertEquals(Map.of(), drift.virtualServers(), this::where);
    assertEquals(Delta.none(), drift.boundAddresses(), this::where);
    assertEquals(Delta.none(), drift.elements(), this::where);
    reconciler.observe(drift, reconciler.ownedOffDevice());
    ImmutableList<Change> changes = reconciler.changes(0);
    assertEquals(List.of(), changes, this::where);
    reconciler.applied(changes, ImmutableList.of(), 0);
  }

  private void count(Reconciler reconciler, VirtualServerKey key) {
    try {
      reconciler.counted(key, kernel.connections(key), 0);
    } catch (DataplaneException e) {
      throw new AssertionError(where() + ": cannot count " + key, e);
    }
  }

  private void assertHolds(ReferenceModel model) throws Exception {
    List<String> parts = Splitter.on("\n\n").limit(3).splitToList(run("", "sh", "-c", READ));
    Map<VirtualServerKey, VirtualServer> servers = IpvsadmListing.parse(parts.get(0));
    assertEquals(model.bound, boundAddresses(json.readTree(parts.get(1))), this::where);
    Set<SetElement> held = NftListing.parse(json.readTree(parts.get(2)));
    Map<VirtualServerKey, VirtualServer> wanted = IpvsadmListing.parse(STRANGERS);
    Map<Split, Marked> marks = marks(model, held, servers);
    model.addressed.forEach((key, row) -> wanted.put(key, server(key, row)));
    marks.forEach((split, key) ->
        wanted.put(key, server(key, Optional.ofNullable(model.marked.get(split)).orElseThrow())));

    Set<SetElement> elements = new HashSet<>(model.elements);
    model.localOnly.forEach((key, split) -> {
      int mark = Optional.ofNullable(marks.get(split)).orElseThrow().mark();
      elements.add(new SetElement.LocalOnly(key.address(), key.protocol(), key.port(), mark));
    });
    assertEquals(Set.of(), Sets.difference(held, elements), () -> where() + ": too many");
    assertEquals(Set.of(), Sets.difference(elements, held), () -> where() + ": missing");
    assertEquals(wanted, servers, this::where);
  }

  /** The rules tell what most marks are for; to the others no packet comes. */
  private Map<Split, Marked> marks(
      ReferenceModel model, Set<SetElement> held, Map<VirtualServerKey, VirtualServer> servers) {
    Map<Split, Marked> marks = new HashMap<>();
    for (SetElement element : held) {
      if (element instanceof SetElement.LocalOnly local) {
        Optional.ofNullable(model.localOnly.get(local.key()))
            .ifPresent(split -> marks.put(split, new Marked(local.mark(), local.family())));
      }
    }
    Set<VirtualServerKey> free = new HashSet<>(servers.keySet());
    free.removeAll(marks.values());
    free.removeAll(IpvsadmListing.parse(STRANGERS).keySet());
    model.marked.forEach((split, row) -> {
      if (!marks.containsKey(split)) {
        Marked key =
            free.stream()
                .flatMap(it -> it instanceof Marked mark ? Stream.of(mark) : Stream.of())
                .filter(it -> it.family() == split.family())
                .filter(it -> server(it, row).equals(servers.get(it)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(where() + ": nothing for " + split));
        free.remove(key);
        marks.put(split, key);
      }
    });
    return marks;
  }

  private static VirtualServer server(VirtualServerKey key, ReferenceModel.Row row) {
    var servers = ImmutableSortedMap.<RealServer, RealServerOptions>naturalOrder();
    row.realServers().forEach(at -> servers.put(at, RealServerOptions.masquerade(1)));
    return new VirtualServer(key, row.options(), servers.build());
  }

  private Set<IpAddress> boundAddresses(JsonNode devices) {
    Set<IpAddress> bound = new HashSet<>();
    for (JsonNode device : devices) {
      for (JsonNode address : device.path("addr_info")) {
        if (device.path("ifname").asText().equals("kube-ipvs0")) {
          IpAddress ip = IpAddress.parse(address.path("local").asText());
          assertEquals(ip.family().bits(), address.path("prefixlen").asInt(), this::where);
          bound.add(ip);
        }
      }
    }
    return bound;
  }

  private String run(String input, String... command) throws IOException {
    Process process =
        namespace
            .namespace()
            .call(() -> new ProcessBuilder(command).redirectErrorStream(true).start());
    try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
      in.write(input);
    }
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.onExit().join().exitValue();
    assertEquals(0, status, () -> where() + ": " + List.of(command) + ": " + text);
    return text;
  }

  private String where() {
    return "seed " + seed + " cluster " + step;
  }
}
