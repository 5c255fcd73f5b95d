package io.fairlead.core.reconcile;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Connections;
import io.fairlead.core.dataplane.Dataplane;
import io.fairlead.core.dataplane.KernelState;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold after every event of a long random life, whatever the events were. */
class ReconcilerPropertiesTest {
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
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55})
  void everyStepIsSafe(long seed) {
    Life life = new Life(seed);
    List<Change> applied = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      life.events();
      if (life.random.nextInt(4) == 0) {
        life.kernel.disconnectAll();
        life.reconciler
            .draining()
            .forEach(key -> life.reconciler.counted(key, life.kernel.connections(key), life.now));
      }
      life.kernel.forget();
      life.kernel.afterEach(Moments.of(life)::assertSafe);
      assertEquals(List.of(), life.sync(), life.where());
      life.kernel.afterEach(() -> {});
      applied.addAll(life.kernel.log());
    }
    assertTrue(
        applied.stream().anyMatch(c -> c instanceof Change.UnbindAddress), "seed " + life.seed);
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
      assertEquals(List.of(), fresh.changes(0), life.where());
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
      life.missedEvents();
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
      life.moveDeviceAddress();
      life.reconciler.observe(life.kernel.read(), life.reconciler.ownedOffDevice());
      ImmutableList<Change> changes = life.reconciler.changes(life.now);
      ImmutableSet<VirtualServerKey> record = life.reconciler.ownedOffDevice();
      int done = life.random.nextInt(changes.size() + 1);
      assertEquals(List.of(), life.kernel.apply(changes.subList(0, done)), life.where());
      life.missedEvents();
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
      life.moveDeviceAddress();
      life.reconciler.observe(life.kernel.read(), life.reconciler.ownedOffDevice());
      life.kernel.refuse(_ -> life.random.nextInt(6) == 0);
      life.sync();
      life.kernel.refuse(_ -> false);
      life.missedEvents();
      life.reconciler = life.started(life.reconciler.ownedOffDevice());
      if (life.random.nextBoolean()) {
        assertEquals(List.of(), life.sync(), life.where());
        life.assertConverged();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void nodeAddressesComeAndGo(long seed) {
    Life life = new Life(seed);
    for (int i = 0; i < 200; i++) {
      life.events();
      if (life.random.nextInt(3) == 0) {
        life.moveDeviceAddress();
        life.heal();
      }
      assertEquals(List.of(), life.sync(), life.where());
      life.assertConverged();
      assertOffDevice(life);
    }
  }

  /**
   * The record holds those of ours that their address would not give away, and besides them at most
   * some that are there on an address that is bound for another's sake.
   */
  private static void assertOffDevice(Life life) {
    KernelState have = life.kernel.read();
    Set<VirtualServerKey> expected = new TreeSet<>();
    for (VirtualServerKey key : have.virtualServers().keySet()) {
      if (!Life.STRANGERS.contains(key)
          && !(key instanceof Addressed it && have.boundAddresses().contains(it.address()))) {
        expected.add(key);
      }
    }
    Set<VirtualServerKey> recorded = life.reconciler.ownedOffDevice();
    assertEquals(Set.of(), Sets.difference(expected, recorded), life.where());
    for (VirtualServerKey key : Sets.difference(recorded, expected)) {
      assertTrue(have.virtualServers().containsKey(key), life.where() + " " + key);
    }
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
          List.of(),
          life.reconciler.changes(life.now),
          life.where() + ": no retry in a tight loop");
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
      case Change.ForgetFlows forget -> forget.key();
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
      life.settle();
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

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void aDrainEndsWhenItsTimeIsOverAndNotBefore(long seed) {
    Life life = new Life(seed, Duration.ofSeconds(60));
    for (int n = 1; n <= 5; n++) {
      for (int port : List.of(53, 80, 8080, 8081)) {
        life.kernel.connect(new RealServer(IpAddress.parse("10.0.1." + n), port), 1);
        life.kernel.connect(new RealServer(IpAddress.parse("fd01::" + n), port), 1);
      }
    }
    life.sync();
    int over = 0;
    Map<Change.RemoveRealServer, Long> since = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      life.now += life.random.nextLong(20_000_000_000L);
      life.events();
      assertEquals(List.of(), life.sync(), life.where());
      since.keySet().retainAll(drained(life));
      drained(life).forEach(it -> since.putIfAbsent(it, life.now));
      life.count();
      for (Map.Entry<Change.RemoveRealServer, Long> each : since.entrySet()) {
        boolean isOver = life.now - each.getValue() >= life.drainLimit.toNanos();
        assertEquals(!isOver, drained(life).contains(each.getKey()), life.where() + " " + each);
        over += isOver ? 1 : 0;
      }
      life.assertConverged();
    }
    assertTrue(over > 0, "seed " + seed + ": no time was ever over");

    life.now += life.drainLimit.toNanos();
    life.count();
    life.now += Drains.TELLING.toNanos();
    life.count(); // those by mark
    life.count(); // and the addresses that their clients came to
    assertEquals(Set.of(), Set.copyOf(life.reconciler.draining()), life.where());
    life.assertConverged();
  }

  /** The real servers that only keep what they have, each by what would remove it. */
  private static Set<Change.RemoveRealServer> drained(Life life) {
    Set<Change.RemoveRealServer> drained = new HashSet<>();
    for (VirtualServer server : life.kernel.read().virtualServers().values()) {
      server
          .realServers()
          .forEach((at, options) -> {
            if (options.weight() == 0) {
              drained.add(new Change.RemoveRealServer(server.key(), at));
            }
          });
    }
    return drained;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void aUdpFlowThatLeadsWhereItShouldNotIsForgotten(long seed) {
    Life life = new Life(seed);
    life.sync();
    int forgotten = 0;
    for (int i = 0; i < 150; i++) {
      life.events();
      KernelState before = life.kernel.read();
      life.kernel.forget();
      assertEquals(List.of(), life.sync(), life.where());

      ReferenceModel model = life.reference();
      Set<Change> forgets = new HashSet<>();
      for (Change change : life.kernel.log()) {
        if (change instanceof Change.ForgetFlows(var key, var keep)) {
          assertEquals(model.reachable(key), keep, life.where() + " " + key);
          forgets.add(change);
        } else {
          assertEquals(Set.of(), forgets, life.where() + ": a flow may come back before " + change);
        }
      }
      for (VirtualServerKey key : before.virtualServers().keySet()) {
        if (key instanceof Addressed(_, _, Protocol protocol) && protocol == Protocol.UDP) {
          Set<RealServer> old = reachable(before, (Addressed) key);
          Set<RealServer> now = model.reachable((Addressed) key);
          if (old.isEmpty() != now.isEmpty() || !now.containsAll(old)) {
            forgotten++;
            assertTrue(
                forgets.contains(new Change.ForgetFlows((Addressed) key, ImmutableSet.copyOf(now))),
                life.where() + ": flows of " + key + " may still lead to " + old);
          }
        }
      }
    }
    assertTrue(forgotten > 0, "seed " + seed + ": no flow ever went astray");
  }

  private static Set<RealServer> reachable(KernelState state, Addressed key) {
    Set<VirtualServerKey> ways = new HashSet<>(Set.of(key));
    for (SetElement element : state.elements()) {
      if (element instanceof SetElement.LocalOnly local && local.key().equals(key)) {
        ways.add(new VirtualServerKey.Marked(local.mark(), local.family()));
      }
    }
    Set<RealServer> servers = new HashSet<>();
    ways.forEach(way ->
        Optional.ofNullable(state.virtualServers().get(way))
            .ifPresent(it -> servers.addAll(it.realServers().keySet())));
    return servers;
  }

  /** The connections that a change ends. */
  private static Stream<Connections> cut(Life life, Change change) {
    return switch (change) {
      case Change.RemoveVirtualServer(var key) -> life.kernel.connections(key).values().stream();
      case Change.RemoveRealServer(var key, var server) ->
          Stream.of(requireNonNull(life.kernel.connections(key).get(server)));
      default -> Stream.of();
    };
  }

  /** Another writer removes, adds and edits a few of our things. */
  private static void interfere(Life life) {
    KernelState now = life.kernel.read();
    for (VirtualServer server : now.virtualServers().values()) {
      if (!Life.STRANGERS.contains(server.key()) && life.random.nextInt(4) == 0) {
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
        life.reconciler.counted(key, life.kernel.connections(key), 0);
      }
      ImmutableList<Change> removals = life.reconciler.changes(life.now);
      for (Change change : removals) {
        drained++;
        assertTrue(cut(life, change).allMatch(Connections::isIdle), life.where());
      }
      life.reconciler.applied(removals, life.kernel.apply(removals), 0);
      life.events();
      for (Change change : life.reconciler.changes(life.now)) {
        assertTrue(
            !(change instanceof Change.RemoveRealServer(Addressed key, _))
                || key.protocol() != Protocol.TCP,
            life.where());
      }
      life.heal();
      life.assertConverged();
    }
    assertTrue(drained > 0, "seed " + life.seed + ": nothing ever drained");
  }
}
