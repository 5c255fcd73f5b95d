package io.fairlead.core.reconcile;

import static io.fairlead.core.cluster.TestObjects.ip;
import static io.fairlead.core.cluster.TestObjects.name;
import static io.fairlead.core.cluster.TestObjects.slice;
import static io.fairlead.core.cluster.TestObjects.slicePort;
import static io.fairlead.core.cluster.TestObjects.tcp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.ClusterEvent.Listed;
import io.fairlead.core.cluster.ClusterEvent.ServiceApplied;
import io.fairlead.core.cluster.ClusterEvent.ServiceRemoved;
import io.fairlead.core.cluster.ClusterEvent.SliceApplied;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.TestObjects;
import io.fairlead.core.cluster.TestObjects.ServiceDraft;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.FakeDataplane;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The commands that one event costs, in their order. */
class ReconcilerTest {
  private static final Service WEB = web("10.96.0.1").service();
  private static final VirtualServerKey WEB_KEY = new Addressed(ip("10.96.0.1"), 80, Protocol.TCP);
  private static final RealServer A = new RealServer(ip("10.0.1.1"), 8080);
  private static final RealServer B = new RealServer(ip("10.0.1.2"), 8080);
  private static final VirtualServerOptions RR = new VirtualServerOptions("rr", 0, 0, 32);

  private final FakeDataplane kernel = new FakeDataplane();
  private Reconciler reconciler = fresh();

  @Test
  void aColdStartPutsRulesFirstThenTheApiServerThenTheRest() {
    start(
        new ServiceApplied(WEB),
        endpoints("10.0.1.1 ready"),
        new ServiceApplied(
            ServiceDraft.service("kubernetes", "10.96.9.9", tcp("https", 443)).service()));

    assertEquals(
        "CreateDevice ReplaceFilter BindAddress AddVirtualServer BindAddress AddVirtualServer"
            + " AddRealServer",
        commands());
    assertEquals(new Change.BindAddress(ip("10.96.9.9")), kernel.log().get(2));
  }

  @Test
  void nothingIsWrittenBeforeBothKindsAreListed() {
    reconciler.observe(kernel.read(), ImmutableSet.of());
    reconciler.on(new ServiceApplied(WEB));
    reconciler.on(new Listed(ClusterEvent.Kind.SERVICES));
    assertFalse(reconciler.ready());
    reconciler.on(new Listed(ClusterEvent.Kind.ENDPOINT_SLICES));
    assertTrue(reconciler.ready());
  }

  @Test
  void anEndpointMoreIsOneCommand() {
    start(new ServiceApplied(WEB), endpoints("10.0.1.1 ready"));
    assertEquals("AddRealServer", costOf(endpoints("10.0.1.1 ready", "10.0.1.2 ready")));
  }

  @Test
  void aNewServiceIsRulesThenAddressThenServers() {
    start();
    assertEquals(
        "EditFilter BindAddress AddVirtualServer AddRealServer",
        costOf(endpoints("10.0.1.1 ready"), new ServiceApplied(WEB)));
  }

  @Test
  void aGoneServiceGoesInReverse() {
    start(new ServiceApplied(WEB), endpoints("10.0.1.1 ready"));
    assertEquals(
        "RemoveVirtualServer UnbindAddress EditFilter", costOf(new ServiceRemoved(WEB.name())));
  }

  @Test
  void affinityIsEditedInPlace() {
    start(new ServiceApplied(WEB), endpoints("10.0.1.1 ready"));
    assertEquals(
        "EditVirtualServer", costOf(new ServiceApplied(web("10.96.0.1").affinity(60).service())));
  }

  @Test
  void aTcpEndpointDrainsAndGoesOnlyWhenIdle() {
    start(new ServiceApplied(WEB), endpoints("10.0.1.1 ready", "10.0.1.2 ready"));
    kernel.connect(B, 3);

    assertEquals("EditRealServer", costOf(endpoints("10.0.1.1 ready")));
    assertEquals(ImmutableSet.of(WEB_KEY), reconciler.draining());
    assertEquals("", costOfCounting());
    kernel.connect(B, 0);
    assertEquals("RemoveRealServer", costOfCounting());
    assertEquals(ImmutableSet.of(), reconciler.draining());
  }

  @Test
  void p21AnEndpointThatComesBackWhileDrainingServesAgainInPlace() {
    start(new ServiceApplied(WEB), endpoints("10.0.1.1 ready", "10.0.1.2 ready"));
    costOf(endpoints("10.0.1.1 ready"));

    assertEquals("EditRealServer", costOf(endpoints("10.0.1.1 ready", "10.0.1.2 ready")));
    assertEquals(RealServerOptions.masquerade(1), options(B));
    assertEquals(ImmutableSet.of(), reconciler.draining());
  }

  @Test
  void aCountFromBeforeAnEndpointCameBackDoesNotRemoveIt() {
    start(new ServiceApplied(WEB), endpoints("10.0.1.1 ready", "10.0.1.2 ready"));
    costOf(endpoints("10.0.1.1 ready"));
    reconciler.counted(WEB_KEY, kernel.connections(WEB_KEY));

    assertEquals("EditRealServer", costOf(endpoints("10.0.1.1 ready", "10.0.1.2 ready")));
    assertEquals("EditRealServer", costOf(endpoints("10.0.1.1 ready")));
    assertEquals("", costOf());
  }

  @Test
  void p18ALeftoverWeightOfZeroIsRaised() {
    start(new ServiceApplied(WEB), endpoints("10.0.1.1 ready"));
    kernel.interfere(new Change.EditRealServer(WEB_KEY, A, RealServerOptions.masquerade(0)));

    restart(ImmutableSet.of(), new ServiceApplied(WEB), endpoints("10.0.1.1 ready"));
    assertEquals("EditRealServer", commands());
    assertEquals(RealServerOptions.masquerade(1), options(A));
  }

  @Test
  void anAddressOfARealInterfaceIsServedButNeitherBoundNorGuarded() {
    kernel.addNodeAddress(ip("1.2.3.4"));
    start(new ServiceApplied(web("10.96.0.1").externalIps("1.2.3.4").service()));

    var external = new Addressed(ip("1.2.3.4"), 80, Protocol.TCP);
    assertEquals(ImmutableSet.of(ip("10.96.0.1")), kernel.read().boundAddresses());
    assertFalse(kernel.read().elements().contains(new SetElement.Vip(ip("1.2.3.4"))));
    assertTrue(kernel.read().virtualServers().containsKey(external));
    assertEquals(ImmutableSet.of(external), reconciler.ownedOffDevice());
  }

  @Test
  void theRecordTellsARestartWhatIsOurs() {
    kernel.addNodeAddress(ip("1.2.3.4"));
    start(new ServiceApplied(web("10.96.0.1").externalIps("1.2.3.4").service()));

    restart(reconciler.ownedOffDevice(), new ServiceApplied(WEB));
    assertEquals("RemoveVirtualServer EditFilter", commands());
  }

  @Test
  void p23WithoutARecordAVirtualServerOffTheDeviceIsAStranger() {
    kernel.interfere(new Change.AddVirtualServer(WEB_KEY, RR));
    start();
    assertEquals("CreateDevice ReplaceFilter", commands());
    assertTrue(kernel.read().virtualServers().containsKey(WEB_KEY));
  }

  @Test
  void whatVanishedIsNotOursWhenAnotherMakesItAnew() {
    kernel.addNodeAddress(ip("1.2.3.4"));
    var external = new Addressed(ip("1.2.3.4"), 80, Protocol.TCP);
    kernel.interfere(new Change.AddVirtualServer(external, RR));
    start(ImmutableSet.of(external));
    assertFalse(kernel.read().virtualServers().containsKey(external));

    kernel.interfere(new Change.AddVirtualServer(external, RR));
    reconciler.observe(kernel.read(), ImmutableSet.of());
    assertEquals("", costOf());
  }

  @Test
  void aRecordedKeyThatIsNotInTheKernelIsForgotten() {
    var gone = new Addressed(ip("192.0.2.1"), 80, Protocol.TCP);
    start(ImmutableSet.of(gone));

    kernel.interfere(new Change.AddVirtualServer(gone, RR));
    reconciler.observe(kernel.read(), ImmutableSet.of());
    assertEquals("", costOf());
  }

  @Test
  void aVirtualServerThatSomebodyHadBeforeAServiceWantedItIsLeftAlone() {
    var held = new Addressed(ip("192.0.2.1"), 80, Protocol.TCP);
    kernel.addNodeAddress(ip("192.0.2.1"));
    kernel.interfere(new Change.AddVirtualServer(held, RR));
    kernel.interfere(new Change.AddRealServer(held, B, RealServerOptions.masquerade(7)));
    start(new ServiceApplied(WEB), endpoints("10.0.1.1 ready"));

    Service wanting = web("10.96.0.1").externalIps("192.0.2.1").service();
    assertEquals("EditFilter", costOf(new ServiceApplied(wanting)));
    assertEquals(
        List.of(held + " was made by somebody else and is left alone"),
        reconciler.problems().get(name("web")));
    assertEquals("EditFilter", costOf(new ServiceApplied(WEB)));
    assertTrue(kernel.read().virtualServers().containsKey(held));
    assertTrue(reconciler.problems().isEmpty());
  }

  @Test
  void atTheStartWhatIsWantedAndThereIsTakenOver() {
    var held = new Addressed(ip("192.0.2.1"), 80, Protocol.TCP);
    kernel.addNodeAddress(ip("192.0.2.1"));
    kernel.interfere(new Change.AddVirtualServer(held, RR));
    start(new ServiceApplied(web("10.96.0.1").externalIps("192.0.2.1").service()));

    costOf(new ServiceRemoved(name("web")));
    assertFalse(kernel.read().virtualServers().containsKey(held));
  }

  @Test
  void excludedVirtualServersOnTheDeviceStay() {
    var excluded = new Addressed(ip("192.0.2.1"), 80, Protocol.TCP);
    kernel.interfere(new Change.CreateDevice());
    kernel.interfere(new Change.BindAddress(ip("192.0.2.1")));
    kernel.interfere(new Change.AddVirtualServer(excluded, RR));
    reconciler =
        new Reconciler(
            new Planner(new PlannerSettings("rr")),
            new ReconcilerSettings(TestObjects.NODE, ImmutableList.of(Cidr.parse("192.0.2.0/24"))));
    reconciler.on(new Listed(ClusterEvent.Kind.SERVICES));
    reconciler.on(new Listed(ClusterEvent.Kind.ENDPOINT_SLICES));
    reconciler.observe(kernel.read(), ImmutableSet.of());
    costOf();

    assertTrue(kernel.read().virtualServers().containsKey(excluded));
  }

  @Test
  void theOwnerOfWhatWasRemovedIsKnownUntilTheNextChanges() {
    start(new ServiceApplied(WEB));
    costOf(new ServiceRemoved(name("web")));
    assertEquals(name("web"), reconciler.owner(WEB_KEY).orElseThrow());
    costOf();
    assertTrue(reconciler.owner(WEB_KEY).isEmpty());
  }

  @Test
  void theSmallerNameWinsAnAddressWhicheverCameFirst() {
    ServiceDraft b = ServiceDraft.service("b", "10.96.0.2", tcp("", 80)).externalIps("1.2.3.4");
    ServiceDraft a = ServiceDraft.service("a", "10.96.0.3", tcp("", 80)).externalIps("1.2.3.4");
    var contested = new Addressed(ip("1.2.3.4"), 80, Protocol.TCP);
    start(new ServiceApplied(b.service()));
    assertEquals(name("b"), reconciler.owner(contested).orElseThrow());

    costOf(new ServiceApplied(a.service()));
    assertEquals(name("a"), reconciler.owner(contested).orElseThrow());
    assertEquals(
        List.of("TCP 1.2.3.4:80 is already served for default/a; left out"),
        reconciler.problems().get(name("b")));

    costOf(new ServiceRemoved(name("a")));
    assertEquals(name("b"), reconciler.owner(contested).orElseThrow());
    assertTrue(reconciler.problems().isEmpty());
  }

  @Test
  void aClusterIpWinsOverAnExternalAddressWithASmallerName() {
    start(
        new ServiceApplied(
            ServiceDraft.service("a", "10.96.0.9", tcp("", 80)).externalIps("10.96.0.1").service()),
        new ServiceApplied(WEB));

    assertEquals(name("web"), reconciler.owner(WEB_KEY).orElseThrow());
    assertEquals(ImmutableSet.of(name("a")), reconciler.problems().keySet());
  }

  @Test
  void aRefusedServiceIsLeftAloneUntilItIsLookedAtAgain() {
    kernel.refuse(change -> change instanceof Change.AddVirtualServer);
    start(new ServiceApplied(WEB), endpoints("10.0.1.1 ready"));
    kernel.refuse(_ -> false);

    assertEquals(ImmutableList.of(), reconciler.changes());
    reconciler.observe(kernel.read(), ImmutableSet.of());
    assertEquals("AddVirtualServer AddRealServer", costOf());
  }

  @Test
  void aRefusedServiceIsTriedAgainWhenSomethingElseIsWanted() {
    kernel.refuse(change -> change instanceof Change.AddVirtualServer);
    start(new ServiceApplied(WEB));
    kernel.refuse(_ -> false);

    assertEquals("AddVirtualServer AddRealServer EditFilter", costOf(endpoints("10.0.1.1 ready")));
  }

  private static Reconciler fresh() {
    return new Reconciler(
        new Planner(new PlannerSettings("rr")), new ReconcilerSettings(TestObjects.NODE));
  }

  private static ServiceDraft web(String clusterIp) {
    return ServiceDraft.service("web", clusterIp, tcp("", 80));
  }

  private static ClusterEvent endpoints(String... endpoints) {
    return new SliceApplied(
        slice("s", "web", List.of(slicePort("", Protocol.TCP, 8080)), endpoints));
  }

  private void start(ClusterEvent... events) {
    restart(ImmutableSet.of(), events);
  }

  private void start(ImmutableSet<VirtualServerKey> owned) {
    restart(owned);
  }

  private void restart(ImmutableSet<VirtualServerKey> owned, ClusterEvent... events) {
    reconciler = fresh();
    List<ClusterEvent> all = new ArrayList<>(List.of(events));
    all.add(new Listed(ClusterEvent.Kind.SERVICES));
    all.add(new Listed(ClusterEvent.Kind.ENDPOINT_SLICES));
    reconciler.observe(kernel.read(), owned);
    costOf(all.toArray(ClusterEvent[]::new));
  }

  private String costOf(ClusterEvent... events) {
    kernel.forget();
    List.of(events).forEach(reconciler::on);
    ImmutableList<Change> changes = reconciler.changes();
    reconciler.applied(changes, kernel.apply(changes));
    return commands();
  }

  private String costOfCounting() {
    for (VirtualServerKey key : reconciler.draining()) {
      reconciler.counted(key, kernel.connections(key));
    }
    return costOf();
  }

  private String commands() {
    return kernel.log().stream()
        .map(change -> change.getClass().getSimpleName())
        .collect(Collectors.joining(" "));
  }

  private RealServerOptions options(RealServer server) {
    return kernel.read().virtualServers().values().stream()
        .flatMap(virtual -> virtual.realServers().entrySet().stream())
        .filter(each -> each.getKey().equals(server))
        .findFirst()
        .orElseThrow()
        .getValue();
  }
}
