package io.fairlead.core.reconcile;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
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
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold after every event of a long random life, whatever the events were. */
class ReconcilerPropertiesTest {
  private static final VirtualServerKey STRANGER =
      new Addressed(IpAddress.parse("192.0.2.9"), 443, Protocol.TCP);
  private static final RealServer STRANGERS = new RealServer(IpAddress.parse("192.0.2.10"), 1);
  private static final VirtualServer STRANGER_SERVER =
      new VirtualServer(
          STRANGER,
          new VirtualServerOptions("wrr", 0, 0, 32),
          ImmutableSortedMap.of(STRANGERS, RealServerOptions.masquerade(7)));
  private static final IpAddress MAYBE_ON_NODE = IpAddress.parse("1.2.3.1");

  /** One run: a cluster, a kernel, and the reconciler between them. */
  private static final class Life {
    final String seed;
    final Random random;
    final RandomCluster cluster;
    final FakeDataplane kernel = new FakeDataplane();
    Reconciler reconciler;
    int step;

    Life(long seed) {
      this.seed = "seed " + seed;
      random = new Random(seed);
      cluster = new RandomCluster(random);
      kernel.interfere(new Change.AddVirtualServer(STRANGER, STRANGER_SERVER.options()));
      kernel.interfere(
          new Change.AddRealServer(STRANGER, STRANGERS, RealServerOptions.masquerade(7)));
      reconciler = started(ImmutableSet.of());
    }

    Reconciler started(ImmutableSet<VirtualServerKey> owned) {
      var fresh =
          new Reconciler(
              new Planner(new PlannerSettings("rr")), new ReconcilerSettings(TestObjects.NODE));
      cluster.listing().forEach(fresh::on);
      fresh.observe(kernel.read(), owned);
      return fresh;
    }

    void events() {
      step++;
      for (int i = random.nextInt(4); i >= 0; i--) {
        reconciler.on(cluster.next());
      }
    }

    ImmutableList<Dataplane.Failure> sync() {
      ImmutableList<Change> changes = reconciler.changes();
      ImmutableList<Dataplane.Failure> failures = kernel.apply(changes);
      reconciler.applied(changes, failures);
      return failures;
    }

    void heal() {
      reconciler.observe(kernel.read(), reconciler.ownedOffDevice());
      assertEquals(List.of(), sync(), where());
    }

    String where() {
      return seed + " step " + step;
    }

    ReferenceModel reference() {
      return ReferenceModel.of(
          cluster.services, cluster.slices, cluster.zone, kernel.read().nodeAddresses());
    }

    void assertConverged() {
      ReferenceModel want = reference();
      KernelState have = kernel.read();
      assertTrue(have.device() && have.filterIntact(), where());
      assertEquals(want.bound, have.boundAddresses(), where());
      assertEquals(want.elements, have.elements(), where());
      assertEquals(
          Sets.union(want.virtualServers.keySet(), Set.of(STRANGER)),
          have.virtualServers().keySet(),
          where());
      want.virtualServers.forEach((key, row) -> {
        VirtualServer server = requireNonNull(have.virtualServers().get(key));
        assertEquals(row.options(), server.options(), where() + " " + key);
        assertServes(row, server);
        assertEquals(row.owner(), reconciler.owner(key).orElseThrow(), where() + " " + key);
      });
      assertEquals(STRANGER_SERVER, have.virtualServers().get(STRANGER), where());
      for (Family family : Family.values()) {
        assertEquals(held(have, family), reconciler.holdings(family), where());
      }
      assertEquals(List.of(), reconciler.changes(), where() + ": a second look finds nothing");
    }

    private static Holdings held(KernelState have, Family family) {
      List<VirtualServer> servers =
          have.virtualServers().values().stream()
              .filter(it -> it.key().family() == family && !it.key().equals(STRANGER))
              .toList();
      List<RealServerOptions> real =
          servers.stream().flatMap(it -> it.realServers().values().stream()).toList();
      int draining = (int) real.stream().filter(options -> options.weight() == 0).count();
      return new Holdings(servers.size(), real.size(), draining);
    }

    /** Weight 1 for the wanted; TCP may have others, drained to weight 0. */
    private void assertServes(ReferenceModel.Row row, VirtualServer server) {
      Set<RealServer> serving = new TreeSet<>();
      for (Map.Entry<RealServer, RealServerOptions> each : server.realServers().entrySet()) {
        if (each.getValue().equals(RealServerOptions.masquerade(1))) {
          serving.add(each.getKey());
        } else {
          assertEquals(RealServerOptions.masquerade(0), each.getValue(), where());
          assertEquals(Protocol.TCP, ((Addressed) server.key()).protocol(), where());
          assertTrue(reconciler.draining().contains(server.key()), where());
        }
      }
      assertEquals(row.realServers(), serving, where() + " " + server.key());
    }

    /** The virtual servers with a real server that takes new connections. */
    Set<VirtualServerKey> serving() {
      Set<VirtualServerKey> serving = new TreeSet<>();
      kernel.read().virtualServers().values().stream()
          .filter(it -> it.realServers().values().stream().anyMatch(o -> o.weight() > 0))
          .forEach(it -> serving.add(it.key()));
      return serving;
    }

    /** At no moment may a packet meet a virtual server without its rules or its address. */
    void assertSafe(Change change) {
      KernelState now = kernel.read();
      String at = where() + " after " + change;
      for (VirtualServerKey key : now.virtualServers().keySet()) {
        if (!key.equals(STRANGER)) {
          Addressed a = (Addressed) key;
          assertTrue(
              now.elements()
                  .contains(
                      new ServicePort(
                          ServicePort.Set.SERVICES, a.address(), a.protocol(), a.port())),
              at + ": no rule for " + key);
          assertTrue(
              now.boundAddresses().contains(a.address())
                  || now.nodeAddresses().contains(a.address()),
              at + ": no address for " + key);
        }
      }
      for (IpAddress address : now.boundAddresses()) {
        assertTrue(
            now.nodeAddresses().contains(address)
                || now.elements().contains(new SetElement.Vip(address)),
            at + ": unguarded " + address);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
  void convergesThenRestsAndAgreesWithTheReference(long seed) {
    Life life = new Life(seed);
    assertEquals(List.of(), life.sync(), life.where());
    for (int i = 0; i < 300; i++) {
      life.events();
      assertEquals(List.of(), life.sync(), life.where());
      life.assertConverged();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyStepIsSafe(long seed) {
    Life life = new Life(seed);
    List<Change> applied = new ArrayList<>();
    life.kernel.afterEach(() -> life.assertSafe(life.kernel.log().getLast()));
    for (int i = 0; i < 150; i++) {
      life.events();
      life.kernel.forget();
      assertEquals(List.of(), life.sync(), life.where());
      applied.addAll(life.kernel.log());
    }
    assertTrue(applied.stream().anyMatch(c -> c instanceof Change.UnbindAddress), life.seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void whatServesBeforeAndAfterServesAllTheWhile(long seed) {
    Life life = new Life(seed);
    life.sync();
    for (int i = 0; i < 150; i++) {
      List<Set<VirtualServerKey>> steps = new ArrayList<>(List.of(life.serving()));
      life.events();
      life.kernel.afterEach(() -> steps.add(life.serving()));
      assertEquals(List.of(), life.sync(), life.where());
      life.kernel.afterEach(() -> {});

      Set<VirtualServerKey> through =
          Sets.intersection(steps.getFirst(), steps.getLast()).immutableCopy();
      for (Set<VirtualServerKey> step : steps) {
        assertEquals(Set.of(), Sets.difference(through, step), life.where());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void whatGrewEventByEventIsWhatARestartWouldPlanSoThatItWritesNothing(long seed) {
    Life life = new Life(seed);
    for (int i = 0; i < 150; i++) {
      life.events();
      life.sync();
      Reconciler fresh = life.started(life.reconciler.ownedOffDevice());
      assertEquals(List.of(), fresh.changes(), life.where());
      if (life.random.nextInt(5) == 0) {
        life.reconciler = fresh;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void aRestartRemovesWhatIsUnwantedSinceAndLeavesStrangersAlone(long seed) {
    Life life = new Life(seed);
    for (int i = 0; i < 150; i++) {
      life.events();
      life.sync();
      // Events that nobody was there to see.
      for (int missed = 0; missed < 3; missed++) {
        var _ = life.cluster.next();
      }
      life.reconciler = life.started(life.reconciler.ownedOffDevice());
      assertEquals(List.of(), life.sync(), life.where());
      life.assertConverged();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
  void aCrashBetweenTwoWritesLeavesNothingBehind(long seed) {
    Life life = new Life(seed);
    for (int i = 0; i < 150; i++) {
      life.events();
      moveNodeAddress(life);
      life.reconciler.observe(life.kernel.read(), life.reconciler.ownedOffDevice());
      ImmutableList<Change> changes = life.reconciler.changes();
      ImmutableSet<VirtualServerKey> record = life.reconciler.ownedOffDevice();
      int done = life.random.nextInt(changes.size() + 1);
      assertEquals(List.of(), life.kernel.apply(changes.subList(0, done)), life.where());
      for (int missed = 0; missed < 3; missed++) {
        var _ = life.cluster.next();
      }
      life.reconciler = life.started(record);
      if (life.random.nextBoolean()) {
        assertEquals(List.of(), life.sync(), life.where());
        life.assertConverged();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13})
  void aRestartAfterFailuresLeavesNothingBehind(long seed) {
    Life life = new Life(seed);
    for (int i = 0; i < 150; i++) {
      life.events();
      moveNodeAddress(life);
      life.reconciler.observe(life.kernel.read(), life.reconciler.ownedOffDevice());
      life.kernel.refuse(_ -> life.random.nextInt(6) == 0);
      life.sync();
      life.kernel.refuse(_ -> false);
      for (int missed = 0; missed < 3; missed++) {
        var _ = life.cluster.next();
      }
      life.reconciler = life.started(life.reconciler.ownedOffDevice());
      if (life.random.nextBoolean()) {
        assertEquals(List.of(), life.sync(), life.where());
        life.assertConverged();
      }
    }
  }

  private static void moveNodeAddress(Life life) {
    if (life.random.nextBoolean()) {
      life.kernel.addNodeAddress(MAYBE_ON_NODE);
    } else {
      life.kernel.removeNodeAddress(MAYBE_ON_NODE);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void nodeAddressesComeAndGo(long seed) {
    Life life = new Life(seed);
    for (int i = 0; i < 200; i++) {
      life.events();
      if (life.random.nextInt(3) == 0) {
        moveNodeAddress(life);
        life.heal();
      }
      assertEquals(List.of(), life.sync(), life.where());
      life.assertConverged();
      assertOffDevice(life);
    }
  }

  /** The record holds just those of ours that their address would not give away. */
  private static void assertOffDevice(Life life) {
    KernelState have = life.kernel.read();
    Set<VirtualServerKey> expected = new TreeSet<>();
    for (VirtualServerKey key : life.reference().virtualServers.keySet()) {
      if (!have.boundAddresses().contains(((Addressed) key).address())) {
        expected.add(key);
      }
    }
    assertEquals(expected, life.reconciler.ownedOffDevice(), life.where());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13})
  void failuresHoldUpNobodyElseAndHeal(long seed) {
    Life life = new Life(seed);
    Set<Object> refused = new HashSet<>();
    for (int i = 0; i < 150; i++) {
      life.events();
      life.kernel.refuse(change -> {
        boolean refuse = life.random.nextInt(10) == 0;
        if (refuse) {
          refused.add(part(change));
        }
        return refuse;
      });
      for (Dataplane.Failure failure : life.sync()) {
        assertTrue(refused.contains(part(failure.change())), life.where() + " " + failure);
      }
      life.kernel.refuse(_ -> false);
      assertEquals(
          List.of(), life.reconciler.changes(), life.where() + ": no retry in a tight loop");
      if (life.random.nextInt(3) == 0) {
        life.heal();
        life.assertConverged();
        refused.clear();
      }
    }
    life.heal();
    life.assertConverged();
  }

  /** As much of the kernel as a refused change may take along: no other virtual server. */
  private static Object part(Change change) {
    return switch (change) {
      case Change.CreateDevice _, Change.BindAddress _, Change.UnbindAddress _ -> "device";
      case Change.ReplaceFilter _, Change.EditFilter _ -> "filter";
      case Change.AddVirtualServer add -> add.key();
      case Change.EditVirtualServer edit -> edit.key();
      case Change.RemoveVirtualServer remove -> remove.key();
      case Change.AddRealServer add -> add.key();
      case Change.EditRealServer edit -> edit.key();
      case Change.RemoveRealServer remove -> remove.key();
    };
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void heals(long seed) {
    Life life = new Life(seed);
    life.sync();
    for (int i = 0; i < 150; i++) {
      life.events();
      int left = life.random.nextInt(10);
      life.kernel.afterEach(interferingAfter(life, left));
      life.sync();
      life.kernel.afterEach(() -> {});
      interfere(life);
      life.heal();
      life.assertConverged();
    }
  }

  /** Interferes once, in the midst of our own writing. */
  private static Runnable interferingAfter(Life life, int writes) {
    int[] left = {writes};
    return () -> {
      if (left[0]-- == 0) {
        interfere(life);
      }
    };
  }

  /** Another writer removes, adds and edits a few of our things. */
  private static void interfere(Life life) {
    KernelState now = life.kernel.read();
    for (VirtualServer server : now.virtualServers().values()) {
      if (!server.key().equals(STRANGER) && life.random.nextInt(4) == 0) {
        life.kernel.interfere(
            life.random.nextBoolean()
                ? new Change.RemoveVirtualServer(server.key())
                : new Change.EditVirtualServer(
                    server.key(), new VirtualServerOptions("sh", 8, 0, 32)));
      }
    }
    now.boundAddresses().stream()
        .filter(_ -> life.random.nextInt(4) == 0)
        .forEach(address -> life.kernel.interfere(new Change.UnbindAddress(address)));
    life.kernel.interfere(new Change.BindAddress(IpAddress.parse("10.96.7.7")));
    if (life.random.nextInt(4) == 0) {
      life.kernel.flushFilter();
    } else if (now.filterIntact()) {
      life.kernel.interfere(
          new Change.EditFilter(
              ImmutableList.of(new SetElement.Vip(IpAddress.parse("10.96.7.8"))),
              ImmutableList.copyOf(now.elements()).subList(0, now.elements().size() / 2)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void noConnectionIsCutWhileItsServiceLives(long seed) {
    Life life = new Life(seed);
    life.sync();
    int drained = 0;
    for (int i = 0; i < 200; i++) {
      for (int n = 1; n <= 5; n++) {
        life.kernel.connect(
            new RealServer(IpAddress.parse("10.0.1." + n), 8080), life.random.nextInt(3));
      }
      for (VirtualServerKey key : life.reconciler.draining()) {
        life.reconciler.counted(key, life.kernel.connections(key));
      }
      ImmutableList<Change> removals = life.reconciler.changes();
      for (Change change : removals) {
        Change.RemoveRealServer removal = (Change.RemoveRealServer) change;
        drained++;
        assertTrue(
            requireNonNull(life.kernel.connections(removal.key()).get(removal.server())).isIdle(),
            life.where());
      }
      life.reconciler.applied(removals, life.kernel.apply(removals));
      life.events();
      for (Change change : life.reconciler.changes()) {
        assertTrue(
            !(change instanceof Change.RemoveRealServer(Addressed key, _))
                || key.protocol() != Protocol.TCP,
            life.where());
      }
      life.heal();
      life.assertConverged();
    }
    assertTrue(drained > 0, life.seed + ": nothing ever drained");
  }
}
