package io.fairlead.core.reconcile;

import static io.fairlead.core.cluster.TestObjects.ip;
import static io.fairlead.core.cluster.TestObjects.name;
import static io.fairlead.core.cluster.TestObjects.slice;
import static io.fairlead.core.cluster.TestObjects.slicePort;
import static io.fairlead.core.cluster.TestObjects.tcp;
import static io.fairlead.core.cluster.TestObjects.udp;
import static java.util.Objects.requireNonNull;
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
import io.fairlead.core.cluster.Node;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.TestObjects;
import io.fairlead.core.cluster.TestObjects.ServiceDraft;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.FakeDataplane;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The commands that one event costs, in their order. */
class ReconcilerTest {
  private static final Service WEB = web("10.96.0.1").service();
  private static final VirtualServerKey WEB_KEY = new Addressed(ip("10.96.0.1"), 80, Protocol.TCP);
  private static final RealServer A = new RealServer(ip("10.0.1.1"), 8080);
  private static final RealServer B = new RealServer(ip("10.0.1.2"), 8080);
  private static final VirtualServerOptions RR = new VirtualServerOptions("rr", 0, 0, 32);

  private FakeDataplane kernel = new FakeDataplane();
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
    reconciler.on(new Listed(ClusterEvent.Kind.NODES));
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
    assertEquals("EditFilter EditRealServer", costOf(new ServiceRemoved(WEB.name())));
    assertEquals("RemoveVirtualServer UnbindAddress EditFilter", costOfCounting());
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
    reconciler.counted(WEB_KEY, kernel.connections(WEB_KEY), 0);

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
            new Planner(PlannerSettings.of("rr")),
            new ReconcilerSettings(
                TestObjects.NODE,
                ImmutableList.of(Cidr.parse("192.0.2.0/24")),
                false,
                Duration.ZERO));
    reconciler.on(new Listed(ClusterEvent.Kind.SERVICES));
    reconciler.on(new Listed(ClusterEvent.Kind.ENDPOINT_SLICES));
    reconciler.on(new Listed(ClusterEvent.Kind.NODES));
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

    assertEquals("", costOf());
    reconciler.observe(kernel.read(), ImmutableSet.of());
    assertEquals("AddVirtualServer AddRealServer", costOf());
  }

  @Test
  void aRefusedRuleOrAddressIsAskedForAgainByTheNextAudit() {
    start();
    kernel.refuse(change ->
        change instanceof Change.EditFilter || change instanceof Change.BindAddress);
    assertEquals("AddVirtualServer", costOf(new ServiceApplied(WEB)));
    kernel.refuse(_ -> false);

    assertEquals("", costOf());
    reconciler.observe(kernel.read(), ImmutableSet.of());
    assertEquals("EditFilter BindAddress", costOf());
  }

  @Test
  void aPassOfWhichNobodyKnowsHowItEndedIsMadeUpForByTheNextAudit() {
    start(new ServiceApplied(WEB), endpoints("10.0.1.1 ready"));
    reconciler.on(endpoints("10.0.1.1 ready", "10.0.1.2 ready"));
    assertEquals(1, reconciler.changes(0).size());

    assertEquals("", costOf());
    reconciler.observe(kernel.read(), ImmutableSet.of());
    assertEquals("AddRealServer", costOf());
  }

  @Test
  void whatSomebodyHadOnAnAddressIsOursOnceTheAddressIs() {
    var held = new Addressed(ip("10.96.0.1"), 443, Protocol.TCP);
    kernel.interfere(new Change.AddVirtualServer(held, RR));
    start();
    assertEquals("EditFilter BindAddress AddVirtualServer", costOf(new ServiceApplied(WEB)));

    reconciler.observe(kernel.read(), ImmutableSet.of());
    assertEquals("RemoveVirtualServer", costOf());
  }

  @Test
  void rulesThatSomebodyPutBackAreComparedAsAWhole() {
    start();
    kernel.flushFilter();
    reconciler.observe(kernel.read(), ImmutableSet.of());
    kernel.refuse(change -> change instanceof Change.ReplaceFilter);
    assertEquals("BindAddress AddVirtualServer", costOf(new ServiceApplied(WEB)));
    kernel.refuse(_ -> false);

    kernel.interfere(new Change.ReplaceFilter(ImmutableList.of()));
    reconciler.observe(kernel.read(), ImmutableSet.of());
    assertEquals("EditFilter", costOf());
  }

  @Test
  void aRefusedServiceIsTriedAgainWhenSomethingElseIsWanted() {
    kernel.refuse(change -> change instanceof Change.AddVirtualServer);
    start(new ServiceApplied(WEB));
    kernel.refuse(_ -> false);

    assertEquals("AddVirtualServer AddRealServer EditFilter", costOf(endpoints("10.0.1.1 ready")));
  }

  @Test
  void aNodePortOnAnAddressThatIsAClusterIpForAWhileStaysOnRecord() {
    kernel.addNodeAddress(ip("10.96.0.1"));
    var nodePort = new Addressed(ip("10.96.0.1"), 30080, Protocol.TCP);
    start(
        new ServiceApplied(WEB),
        new ServiceApplied(
            ServiceDraft.service("b", "10.96.0.2", new Service.Port("", Protocol.TCP, 80, 30080))
                .type(Service.Type.NODE_PORT)
                .service()));
    costOf(new ServiceRemoved(WEB.name()));

    assertFalse(kernel.read().boundAddresses().contains(ip("10.96.0.1")));
    assertEquals(ImmutableSet.of(nodePort), reconciler.ownedOffDevice());
  }

  @Test
  void aClusterIpIsNotLostToANodePortOfTheSameServiceWithItsNumber() {
    kernel.addNodeAddress(ip("10.96.0.1"));
    start(
        new ServiceApplied(
            ServiceDraft.service(
                    "web",
                    "10.96.0.1",
                    new Service.Port("a", Protocol.TCP, 80, 30080),
                    new Service.Port("b", Protocol.TCP, 30080, 0))
                .type(Service.Type.NODE_PORT)
                .service()));

    assertTrue(
        kernel
            .read()
            .elements()
            .contains(
                new ServicePort(
                    ServicePort.Set.CLUSTER_IPS, ip("10.96.0.1"), Protocol.TCP, 30080)));
  }

  @Test
  void anAddressIsServedAgainWhenItTurnsOutToBeTheNodesOwn() {
    var external = new Addressed(ip("1.2.3.4"), 80, Protocol.TCP);
    start(
        new ServiceApplied(web("10.96.0.1").externalIps("1.2.3.4").service()),
        new ClusterEvent.NodeApplied(node("there", "1.2.3.4")));
    assertFalse(kernel.read().virtualServers().containsKey(external));

    costOf(new ClusterEvent.NodeApplied(node(TestObjects.NODE, "1.2.3.4")));
    assertTrue(kernel.read().virtualServers().containsKey(external));
  }

  @Test
  void aRestartLeavesToAPortTheMarkThatItsRulesHave() {
    Service taking = local("a", "1.2.3.1");
    int wanted = markAfterAloneStart(taking);
    kernel = new FakeDataplane();
    // As if "b" had come when "a" was not there: it has the mark that "a" would take first.
    kernel.interfere(new Change.CreateDevice());
    kernel.interfere(
        new Change.ReplaceFilter(
            ImmutableList.of(new SetElement.LocalOnly(ip("1.2.3.2"), Protocol.TCP, 80, wanted))));
    restart(
        ImmutableSet.of(),
        new ServiceApplied(taking),
        new ServiceApplied(local("b", "1.2.3.2")),
        endpointsOf("a"),
        endpointsOf("b"));

    assertEquals(wanted, markOf("1.2.3.2"));
  }

  @Test
  void aUdpEndpointThatWentWhileNobodyWatchedIsRemovedFromItsMarkAtOnce() {
    Service dns =
        ServiceDraft.service("dns", "", udp("", 53))
            .externalIps("1.2.3.4")
            .externalLocal()
            .service();
    start(new ServiceApplied(dns), udpEndpoints("10.0.1.1 local ready", "10.0.1.2 local ready"));

    restart(
        reconciler.ownedOffDevice(), new ServiceApplied(dns), udpEndpoints("10.0.1.1 local ready"));
    assertEquals("RemoveRealServer RemoveRealServer EditFilter ForgetFlows", commands());
  }

  private static ClusterEvent udpEndpoints(String... endpoints) {
    return new SliceApplied(slice("s", "dns", List.of(slicePort("", Protocol.UDP, 53)), endpoints));
  }

  private int markAfterAloneStart(Service service) {
    start(new ServiceApplied(service), endpointsOf(service.name().name()));
    return markOf("1.2.3.1");
  }

  private int markOf(String address) {
    return kernel.read().elements().stream()
        .flatMap(it -> it instanceof SetElement.LocalOnly local ? Stream.of(local) : Stream.of())
        .filter(local -> local.address().equals(ip(address)))
        .map(SetElement.LocalOnly::mark)
        .findFirst()
        .orElseThrow();
  }

  private static Service local(String name, String externalIp) {
    return ServiceDraft.service(name, "", tcp("", 80))
        .externalIps(externalIp)
        .externalLocal()
        .service();
  }

  private static ClusterEvent endpointsOf(String service) {
    return new SliceApplied(
        slice(
            service, service, List.of(slicePort("", Protocol.TCP, 8080)), "10.0.1.1 local ready"));
  }

  private static Node node(String name, String address) {
    return new Node(
        name, Optional.empty(), ImmutableList.of(ip(address)), ImmutableList.of(), true);
  }

  @Test
  void aLoadBalancerIsNotToldOfEndpointsInAFamilyThatIsNotServed() {
    var dual = web("10.96.0.1").loadBalancerIps(Service.LoadBalancerIp.Mode.VIP, "1.2.3.4");
    start(
        new ServiceApplied(dual.externalLocal().healthCheck(32000).service()),
        endpoints("fd01::1 local ready", "fd01::2 local ready"));

    assertEquals(0, requireNonNull(reconciler.healthChecks().get(name("web"))).localEndpoints());
  }

  @Test
  void anIngressAddressThatIsAlsoAnExternalIpKeepsItsSourceRanges() {
    start(
        new ServiceApplied(
            web("10.96.0.1")
                .externalIps("1.2.3.4")
                .loadBalancerIps(Service.LoadBalancerIp.Mode.VIP, "1.2.3.4")
                .sourceRanges("192.0.2.0/24")
                .service()));

    assertTrue(
        kernel
            .read()
            .elements()
            .contains(new ServicePort(ServicePort.Set.LIMITED, ip("1.2.3.4"), Protocol.TCP, 80)));
  }

  private static Reconciler fresh() {
    return new Reconciler(
        new Planner(PlannerSettings.of("rr")), new ReconcilerSettings(TestObjects.NODE));
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
    all.add(new Listed(ClusterEvent.Kind.NODES));
    reconciler.observe(kernel.read(), owned);
    costOf(all.toArray(ClusterEvent[]::new));
  }

  private String costOf(ClusterEvent... events) {
    kernel.forget();
    List.of(events).forEach(reconciler::on);
    ImmutableList<Change> changes = reconciler.changes(0);
    reconciler.applied(changes, kernel.apply(changes), 0);
    return commands();
  }

  private String costOfCounting() {
    for (VirtualServerKey key : reconciler.draining()) {
      reconciler.counted(key, kernel.connections(key), 0);
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
