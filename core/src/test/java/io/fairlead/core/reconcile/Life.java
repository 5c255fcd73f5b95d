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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** One run: a cluster, a kernel, and the reconciler between them. */
final class Life {
  static final VirtualServerKey STRANGER =
      new Addressed(IpAddress.parse("192.0.2.9"), 443, Protocol.TCP);
  private static final RealServer STRANGERS = new RealServer(IpAddress.parse("192.0.2.10"), 1);
  private static final VirtualServer STRANGER_SERVER =
      new VirtualServer(
          STRANGER,
          new VirtualServerOptions("wrr", 0, 0, 32),
          ImmutableSortedMap.of(STRANGERS, RealServerOptions.masquerade(7)));

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
                    new ServicePort(ServicePort.Set.SERVICES, a.address(), a.protocol(), a.port())),
            at + ": no rule for " + key);
        assertTrue(
            now.boundAddresses().contains(a.address()) || now.nodeAddresses().contains(a.address()),
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
