package io.fairlead.core.plan;

import static io.fairlead.core.cluster.TestObjects.ip;
import static io.fairlead.core.cluster.TestObjects.name;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.Collections2;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.Hairpin;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whose address it is, what is bound, and what an event touches. */
class DesiredStateTest {
  private static final String ON_NODE = "192.0.2.1";
  private static final Hairpin POD = new Hairpin(ip("10.0.1.1"), Protocol.TCP, 8080);
  private static final Hairpin OTHER_POD = new Hairpin(ip("10.0.1.2"), Protocol.TCP, 8080);

  private final DesiredState state = new DesiredState();

  /** {@code expect}: {@code address:port owner}, with a {@code *} if the address is bound. */
  record Case(String name, List<ServicePlan> plans, String expect) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("nothing", List.of(), ""),
        new Case(
            "a ClusterIP comes before an external address, whatever the names",
            List.of(external("a", "10.96.0.1", 80), clusterIp("z", "10.96.0.1", 80)),
            "10.96.0.1:80 z*"),
        new Case(
            "the smaller name comes first",
            List.of(external("b", "1.2.3.4", 80), external("a", "1.2.3.4", 80)),
            "1.2.3.4:80 a*"),
        new Case(
            "two ports of one address may have two owners",
            List.of(external("b", "1.2.3.4", 80), external("a", "1.2.3.4", 81)),
            "1.2.3.4:80 b*, 1.2.3.4:81 a*"),
        new Case(
            "an external address of the node is served, but not bound",
            List.of(external("a", ON_NODE, 80)),
            "192.0.2.1:80 a"),
        new Case(
            "a ClusterIP is bound even so, and with it all of the address",
            List.of(external("a", ON_NODE, 80), clusterIp("b", ON_NODE, 81)),
            "192.0.2.1:80 a*, 192.0.2.1:81 b*"),
        new Case(
            "a ClusterIP binds the address for a loser, too",
            List.of(
                external("a", ON_NODE, 80), clusterIp("b", ON_NODE, 80), external("c", ON_NODE, 7)),
            "192.0.2.1:7 c*, 192.0.2.1:80 b*"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void settlesInEveryOrder(Case c) {
    for (List<ServicePlan> order : Collections2.permutations(c.plans)) {
      var settled = new DesiredState();
      settled.nodeAddresses(ImmutableSet.of(ip(ON_NODE)));
      order.forEach(settled::put);

      assertEquals(c.expect, text(settled), order.toString());
    }
  }

  @Test
  void theLoserIsNamedAndComesAfterTheWinner() {
    state.put(external("a", "1.2.3.4", 80));
    state.put(external("b", "1.2.3.4", 80));
    assertEquals(
        List.of("TCP 1.2.3.4:80 is already served for default/a; left out"),
        state.problems().get(name("b")));

    state.put(ServicePlan.nothing(name("a")));
    assertEquals("1.2.3.4:80 b*", text(state));
    assertTrue(state.problems().isEmpty());
  }

  @Test
  void onlyTheWinnersElementsCount() {
    state.put(clusterIp("z", "10.96.0.1", 80));
    state.put(external("a", "10.96.0.1", 80));
    assertTrue(state.contains(element(ServicePort.Set.CLUSTER_IPS, "10.96.0.1", 80)));
    assertTrue(!state.contains(element(ServicePort.Set.MASQUERADE, "10.96.0.1", 80)));

    state.put(ServicePlan.nothing(name("z")));
    assertTrue(!state.contains(element(ServicePort.Set.CLUSTER_IPS, "10.96.0.1", 80)));
    assertTrue(state.contains(element(ServicePort.Set.MASQUERADE, "10.96.0.1", 80)));
  }

  @Test
  void aSharedAddressIsBoundForAsLongAsAnyoneServesIt() {
    state.put(external("a", "1.2.3.4", 80));
    state.put(external("b", "1.2.3.4", 81));
    state.put(ServicePlan.nothing(name("a")));
    assertTrue(state.isBound(ip("1.2.3.4")));

    state.put(ServicePlan.nothing(name("b")));
    assertTrue(!state.isBound(ip("1.2.3.4")));
    assertTrue(!state.contains(new SetElement.Vip(ip("1.2.3.4"))));
  }

  @Test
  void aPodBehindTwoServicesIsItsOwnClientUntilItLeavesBoth() {
    state.put(withHairpins("a", POD, OTHER_POD));
    state.put(withHairpins("b", POD));
    state.put(withHairpins("a", OTHER_POD));
    assertTrue(state.contains(POD));

    state.put(ServicePlan.nothing(name("b")));
    assertTrue(!state.contains(POD));
    assertEquals(Set.of(OTHER_POD), state.elements());
  }

  @Test
  void anAddressIsGuardedOnlyWhileNoDeviceOfTheNodeHasIt() {
    SetElement vip = new SetElement.Vip(ip(ON_NODE));
    state.put(external("a", ON_NODE, 80));
    assertTrue(state.contains(vip));
    state.takeTouched();

    state.nodeAddresses(ImmutableSet.of(ip(ON_NODE), ip("192.0.2.2")));
    assertTrue(!state.contains(vip) && !state.elements().contains(vip));
    assertEquals(Set.of(ip(ON_NODE)), state.takeTouched().addresses());

    state.nodeAddresses(ImmutableSet.of());
    assertTrue(state.contains(vip) && state.elements().contains(vip));
    assertEquals(Set.of(ip(ON_NODE)), state.takeTouched().addresses());
  }

  @Test
  void theSamePlanAgainTouchesNothing() {
    state.put(external("a", "1.2.3.4", 80));
    state.takeTouched();

    state.put(external("a", "1.2.3.4", 80));
    assertEquals(DesiredState.Touched.nothing(), state.takeTouched());
  }

  @Test
  void onePortOfAnAddressTouchesNoneOfTheOthers() {
    IntStream.range(0, 2000).forEach(i -> state.put(external("s" + i, "1.2.3.4", 1000 + i)));
    state.takeTouched();

    state.put(external("s", "1.2.3.4", 80));
    DesiredState.Touched touched = state.takeTouched();
    assertEquals(Set.of(key("1.2.3.4", 80)), touched.keys());
    assertEquals(Set.of(), touched.addresses());
    assertEquals(2, touched.elements().size());
  }

  @Test
  void aPortThatBindsTheAddressTouchesAllOfIt() {
    state.nodeAddresses(ImmutableSet.of(ip(ON_NODE)));
    state.put(external("a", ON_NODE, 80));
    state.takeTouched();

    state.put(clusterIp("b", ON_NODE, 81));
    DesiredState.Touched touched = state.takeTouched();
    assertEquals(Set.of(key(ON_NODE, 80), key(ON_NODE, 81)), touched.keys());
    assertEquals(Set.of(ip(ON_NODE)), touched.addresses());
  }

  private static String text(DesiredState state) {
    return new TreeSet<>(state.keys())
        .stream()
            .map(Addressed.class::cast)
            .map(key ->
                key.address()
                    + ":"
                    + key.port()
                    + " "
                    + state.owner(key).orElseThrow().name()
                    + (state.isBound(key.address()) ? "*" : ""))
            .collect(joining(", "));
  }

  private static ServicePlan clusterIp(String service, String address, int port) {
    return plan(
        service, frontend(Frontend.Kind.CLUSTER_IP, ServicePort.Set.CLUSTER_IPS, address, port));
  }

  private static ServicePlan external(String service, String address, int port) {
    return plan(
        service, frontend(Frontend.Kind.EXTERNAL, ServicePort.Set.MASQUERADE, address, port));
  }

  private static ServicePlan plan(String service, Frontend... frontends) {
    return new ServicePlan(
        name(service),
        ImmutableList.copyOf(frontends),
        ImmutableSet.of(),
        Optional.empty(),
        ImmutableSet.of(),
        ImmutableList.of());
  }

  private static ServicePlan withHairpins(String service, Hairpin... hairpins) {
    return new ServicePlan(
        name(service),
        ImmutableList.of(),
        ImmutableSet.copyOf(hairpins),
        Optional.empty(),
        ImmutableSet.of(),
        ImmutableList.of());
  }

  private static Frontend frontend(
      Frontend.Kind kind, ServicePort.Set set, String address, int port) {
    var options = new VirtualServerOptions("rr", 0, 0, 32);
    return new Frontend(
        kind,
        new VirtualServer(key(address, port), options, ImmutableSortedMap.of()),
        ImmutableList.of(
            element(ServicePort.Set.SERVICES, address, port), element(set, address, port)),
        ImmutableSet.of());
  }

  private static VirtualServerKey key(String address, int port) {
    return new Addressed(ip(address), port, Protocol.TCP);
  }

  private static SetElement element(ServicePort.Set set, String address, int port) {
    IpAddress at = ip(address);
    return new ServicePort(set, at, Protocol.TCP, port);
  }
}
