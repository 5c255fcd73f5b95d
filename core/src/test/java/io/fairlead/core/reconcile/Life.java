package io.fairlead.core.reconcile;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Maps;
import com.google.common.collect.Sets;
import io.fairlead.core.cluster.TestObjects;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Dataplane;
import io.fairlead.core.dataplane.FakeDataplane;
import io.fairlead.core.dataplane.KernelState;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerKey.Marked;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.HealthCheck;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import io.fairlead.core.reconcile.ReferenceModel.Row;
import io.fairlead.core.reconcile.ReferenceModel.Split;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** One run: a cluster, a kernel, and the reconciler between them. */
final class Life {
  static final VirtualServerKey STRANGER =
      new Addressed(IpAddress.parse("192.0.2.9"), 443, Protocol.TCP);
  private static final RealServer ELSEWHERE = new RealServer(IpAddress.parse("192.0.2.10"), 1);

  /** The first two marks of any range. */
  static final ImmutableSet<VirtualServerKey> STRANGERS =
      ImmutableSet.of(STRANGER, new Marked(0x1000, Family.IPV4), new Marked(0x1001, Family.IPV4));

  final long seed;
  final Random random;
  final RandomCluster cluster;
  final PlannerSettings settings;
  final FakeDataplane kernel = new FakeDataplane();
  final Duration drainLimit;

  /** What came to the node's devices, or left them, in this step. */
  final Set<IpAddress> moved = new HashSet<>();

  Reconciler reconciler;
  int step;
  long now;

  /** The marks of the last convergence; one that is still needed must not change. */
  private Map<Split, Marked> marks = Map.of();

  Life(long seed) {
    this(seed, Duration.ZERO);
  }

  Life(long seed, Duration drainLimit) {
    this.seed = seed;
    this.drainLimit = drainLimit;
    random = new Random(seed);
    cluster = new RandomCluster(random);
    settings = RandomCluster.settings(random);
    for (VirtualServerKey key : STRANGERS) {
      kernel.interfere(new Change.AddVirtualServer(key, new VirtualServerOptions("wrr", 0, 0, 32)));
      kernel.interfere(new Change.AddRealServer(key, ELSEWHERE, RealServerOptions.masquerade(7)));
    }
    reconciler = started(ImmutableSet.of());
  }

  Reconciler started(ImmutableSet<VirtualServerKey> owned) {
    var fresh =
        new Reconciler(
            new Planner(settings),
            new ReconcilerSettings(TestObjects.NODE, ImmutableList.of(), false, drainLimit));
    cluster.listing().forEach(fresh::on);
    fresh.observe(kernel.read(), owned);
    return fresh;
  }

  void events() {
    step++;
    moved.clear();
    for (int i = random.nextInt(4); i >= 0; i--) {
      reconciler.on(cluster.next());
    }
    if (random.nextInt(8) == 0) {
      moveDeviceAddress();
      reconciler.nodeAddresses(kernel.nodeAddresses());
    }
  }

  /** Things happen that nobody is there to see. */
  void missedEvents() {
    for (int missed = 0; missed < 3; missed++) {
      var _ = cluster.next();
    }
    marks = Map.of(); // what a mark is read back from may have changed with them
  }

  void moveDeviceAddress() {
    moved.add(cluster.moveDeviceAddress());
    kernel.nodeAddresses(cluster.devices);
  }

  ImmutableList<Dataplane.Failure> sync() {
    ImmutableList<Change> changes = reconciler.changes(now);
    ImmutableList<Dataplane.Failure> failures = kernel.apply(changes);
    reconciler.applied(changes, failures, now);
    return failures;
  }

  void heal() {
    reconciler.observe(kernel.read(), reconciler.ownedOffDevice());
    assertEquals(ImmutableList.of(), sync(), this::where);
  }

  /** Counts what drains, as the loop does now and then. */
  void count() {
    for (VirtualServerKey key : reconciler.draining()) {
      reconciler.counted(key, kernel.connections(key), now);
    }
    assertEquals(ImmutableList.of(), sync(), this::where);
  }

  /** All connections end, so that nothing has to be kept for them. */
  void settle() {
    kernel.disconnectAll();
    count();
    assertEquals(Set.of(), reconciler.draining(), this::where);
  }

  String where() {
    return "seed " + seed + " step " + step;
  }

  private String where(Object what) {
    return where() + ": " + what;
  }

  ReferenceModel reference() {
    return ReferenceModel.of(cluster, settings);
  }

  /**
   * The kernel holds the model, and besides that no more than the virtual servers that no Service
   * wants while their connections last.
   */
  void assertConverged() {
    ReferenceModel want = reference();
    KernelState have = kernel.read();
    assertTrue(have.device() && have.filterIntact(), this::where);
    Map<Split, Marked> named = named(want, have);
    Map<VirtualServerKey, Row> rows = new HashMap<>(want.addressed);
    named.forEach((split, key) -> rows.put(key, requireNonNull(want.marked.get(split))));
    Set<VirtualServerKey> remnants = new TreeSet<>(have.virtualServers().keySet());
    remnants.removeAll(rows.keySet());
    remnants.removeAll(STRANGERS);

    assertRules(want, have, named, remnants);
    rows.forEach((key, row) -> assertServes(key, row, have));
    named.forEach((split, key) -> {
      if (split.protocol() == Protocol.UDP && want.localOnly.containsValue(split)) {
        // Its clients would starve at one that drains.
        VirtualServer server = requireNonNull(have.virtualServers().get(key));
        assertEquals(serving(server), server.realServers().keySet(), () -> where(split));
      }
    });
    remnants.forEach(key -> assertDrains(key, have));
    assertHealthChecks(want);
    assertStrangersAreAsTheyWere(have);
    for (Family family : Family.values()) {
      assertEquals(held(have, family), reconciler.holdings(family), this::where);
    }
    assertEquals(
        ImmutableList.of(), reconciler.changes(now), () -> where("a second look finds nothing"));
    assertMarks(want, named);
  }

  private void assertRules(
      ReferenceModel want,
      KernelState have,
      Map<Split, Marked> named,
      Set<VirtualServerKey> remnants) {
    Set<SetElement> elements = new HashSet<>(want.elements);
    want.localOnly.forEach((key, split) ->
        elements.add(
            new SetElement.LocalOnly(
                key.address(),
                key.protocol(),
                key.port(),
                requireNonNull(named.get(split), () -> where("no virtual server for " + split))
                    .mark())));
    Set<IpAddress> bound = new HashSet<>(want.bound);
    for (VirtualServerKey key : remnants) {
      if (key instanceof Addressed(IpAddress address, int port, Protocol protocol)) {
        elements.add(new ServicePort(ServicePort.Set.SERVICES, address, protocol, port));
        elements.add(new ServicePort(ServicePort.Set.NO_ENDPOINTS, address, protocol, port));
        if (have.boundAddresses().contains(address) && !cluster.devices.contains(address)) {
          bound.add(address);
          elements.add(new SetElement.Vip(address));
        }
      }
    }
    assertEquals(bound, have.boundAddresses(), this::where);
    assertEquals(Set.of(), Sets.difference(have.elements(), elements), () -> where("too many"));
    assertEquals(Set.of(), Sets.difference(elements, have.elements()), () -> where("missing"));
  }

  /**
   * Which mark each split has: as the elements say, and where none says, any that fits. That there
   * is one for each is asserted here.
   */
  private Map<Split, Marked> named(ReferenceModel want, KernelState have) {
    Map<Split, Marked> named = new HashMap<>();
    for (SetElement element : have.elements()) {
      if (element instanceof SetElement.LocalOnly local
          && want.localOnly.containsKey(local.key())) {
        Split split = requireNonNull(want.localOnly.get(local.key()));
        var key = new Marked(local.mark(), local.family());
        assertEquals(key, named.getOrDefault(split, key), () -> where(split));
        named.put(split, key);
      }
    }
    for (Split split : Sets.difference(want.marked.keySet(), named.keySet()).immutableCopy()) {
      Row row = requireNonNull(want.marked.get(split));
      VirtualServerKey key =
          have.virtualServers().values().stream()
              .filter(it -> it.key() instanceof Marked && !named.containsValue(it.key()))
              .filter(it -> !STRANGERS.contains(it.key()) && isAs(row, split, it))
              .map(VirtualServer::key)
              .findFirst()
              .orElseThrow(() -> new AssertionError(where("nothing for " + split + " " + row)));
      named.put(split, (Marked) key);
    }
    assertEquals(named.size(), Set.copyOf(named.values()).size(), () -> where(named));
    return named;
  }

  private boolean isAs(Row row, Split split, VirtualServer server) {
    return server.key().family() == split.family()
        && server.options().equals(row.options())
        && serving(server).equals(row.realServers())
        && reconciler.owner(server.key()).filter(row.owner()::equals).isPresent();
  }

  /** A mark lasts as long as what it is for. */
  private void assertMarks(ReferenceModel want, Map<Split, Marked> named) {
    named.forEach((split, key) -> {
      assertTrue(settings.marks().contains(key.mark()), () -> where(key));
      assertTrue(!STRANGERS.contains(key), () -> where(key));
      if (want.localOnly.containsValue(split)) { // else no rule tells them apart
        assertEquals(key, marks.getOrDefault(split, key), () -> where(split));
      }
    });
    marks = Maps.filterKeys(named, want.localOnly::containsValue);
  }

  private void assertHealthChecks(ReferenceModel want) {
    Map<Object, Integer> checks = new HashMap<>();
    for (HealthCheck check : reconciler.healthChecks().values()) {
      checks.put(check.service(), check.localEndpoints());
    }
    assertEquals(want.healthChecks, checks, this::where);
  }

  /** Weight 1 for the wanted; but for UDP there may be others, drained to weight 0. */
  private void assertServes(VirtualServerKey key, Row row, KernelState have) {
    VirtualServer server = requireNonNull(have.virtualServers().get(key), () -> where("no " + key));
    assertEquals(row.options(), server.options(), () -> where(key));
    assertEquals(row.realServers(), serving(server), () -> where(key));
    assertEquals(row.owner(), reconciler.owner(key).orElseThrow(), () -> where(key));
    assertLeaving(server);
  }

  private void assertDrains(VirtualServerKey key, KernelState have) {
    VirtualServer server = requireNonNull(have.virtualServers().get(key));
    // One whose connections were cut stays for a while without any, to tell their clients.
    assertTrue(reconciler.draining().contains(key), () -> where(key));
    assertEquals(Set.of(), serving(server), () -> where(key));
    assertLeaving(server);
  }

  private void assertLeaving(VirtualServer server) {
    server
        .realServers()
        .forEach((at, options) -> {
          if (options.weight() == 0) {
            assertEquals(RealServerOptions.masquerade(0), options, () -> where(at));
            assertTrue(reconciler.draining().contains(server.key()), () -> where(server.key()));
            assertTrue(
                !(server.key() instanceof Addressed key) || key.protocol() != Protocol.UDP,
                () -> where(server));
          }
        });
  }

  private static Set<RealServer> serving(VirtualServer server) {
    Set<RealServer> serving = new TreeSet<>();
    server
        .realServers()
        .forEach((at, options) -> {
          if (options.equals(RealServerOptions.masquerade(1))) {
            serving.add(at);
          }
        });
    return serving;
  }

  private void assertStrangersAreAsTheyWere(KernelState have) {
    for (VirtualServerKey key : STRANGERS) {
      assertEquals(
          new VirtualServer(
              key,
              new VirtualServerOptions("wrr", 0, 0, 32),
              ImmutableSortedMap.of(ELSEWHERE, RealServerOptions.masquerade(7))),
          have.virtualServers().get(key),
          this::where);
    }
  }

  private static Holdings held(KernelState have, Family family) {
    int servers = 0;
    int real = 0;
    int draining = 0;
    for (VirtualServer server : have.virtualServers().values()) {
      if (server.key().family() == family && !STRANGERS.contains(server.key())) {
        servers++;
        real += server.realServers().size();
        draining +=
            (int) server.realServers().values().stream().filter(o -> o.weight() == 0).count();
      }
    }
    return new Holdings(servers, real, draining);
  }

  /** The virtual servers with a real server that takes new connections. */
  Set<VirtualServerKey> serving() {
    Set<VirtualServerKey> serving = new TreeSet<>();
    kernel.read().virtualServers().values().stream()
        .filter(it -> it.realServers().values().stream().anyMatch(o -> o.weight() > 0))
        .forEach(it -> serving.add(it.key()));
    return serving;
  }
}
