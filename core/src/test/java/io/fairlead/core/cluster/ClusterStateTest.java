package io.fairlead.core.cluster;

import static io.fairlead.core.cluster.TestObjects.NODE;
import static io.fairlead.core.cluster.TestObjects.name;
import static io.fairlead.core.cluster.TestObjects.node;
import static io.fairlead.core.cluster.TestObjects.slice;
import static io.fairlead.core.cluster.TestObjects.slicePort;
import static io.fairlead.core.cluster.TestObjects.tcp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.core.cluster.ClusterEvent.Kind;
import io.fairlead.core.cluster.ClusterEvent.Listed;
import io.fairlead.core.cluster.ClusterEvent.NodeApplied;
import io.fairlead.core.cluster.ClusterEvent.NodeRemoved;
import io.fairlead.core.cluster.ClusterEvent.ServiceApplied;
import io.fairlead.core.cluster.ClusterEvent.ServiceRemoved;
import io.fairlead.core.cluster.ClusterEvent.SliceApplied;
import io.fairlead.core.cluster.ClusterEvent.SliceRemoved;
import io.fairlead.core.cluster.TestObjects.ServiceDraft;
import io.fairlead.core.net.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClusterStateTest {
  private static final Service WEB =
      ServiceDraft.service("web", "10.96.0.1", tcp("", 80)).service();
  private static final Service WEB_2 =
      ServiceDraft.service("web", "10.96.0.2", tcp("", 80)).service();
  private static final EndpointSlice WEB_SLICE = sliceOf("web", "10.0.1.1 ready");
  private static final EndpointSlice WEB_SLICE_2 = sliceOf("web", "10.0.1.2 ready");
  private static final EndpointSlice MOVED = sliceOf("db", "10.0.1.1 ready");
  private static final EndpointSlice HINTED = sliceOf("web", "10.0.1.1 ready zone=a");

  /** {@code before} is settled; then {@code events} come; then {@code touched} Services count. */
  record Case(String name, List<ClusterEvent> before, List<ClusterEvent> events, String touched) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("a new Service", List.of(), List.of(new ServiceApplied(WEB)), "web"),
        new Case(
            "the same Service again",
            List.of(new ServiceApplied(WEB)),
            List.of(new ServiceApplied(WEB)),
            ""),
        new Case(
            "there and back",
            List.of(new ServiceApplied(WEB)),
            List.of(new ServiceApplied(WEB_2), new ServiceApplied(WEB)),
            ""),
        new Case(
            "gone and back",
            List.of(new ServiceApplied(WEB)),
            List.of(new ServiceRemoved(WEB.name()), new ServiceApplied(WEB)),
            ""),
        new Case(
            "come and gone",
            List.of(),
            List.of(new ServiceApplied(WEB), new ServiceRemoved(WEB.name())),
            ""),
        new Case("the removal of nothing", List.of(), List.of(new ServiceRemoved(name("x"))), ""),
        new Case(
            "a removed Service",
            List.of(new ServiceApplied(WEB)),
            List.of(new ServiceRemoved(WEB.name())),
            "web"),
        new Case("a new slice", List.of(), List.of(new SliceApplied(WEB_SLICE)), "web"),
        new Case(
            "a changed slice",
            List.of(new SliceApplied(WEB_SLICE)),
            List.of(new SliceApplied(WEB_SLICE_2)),
            "web"),
        new Case(
            "a slice there and back",
            List.of(new SliceApplied(WEB_SLICE)),
            List.of(new SliceApplied(WEB_SLICE_2), new SliceApplied(WEB_SLICE)),
            ""),
        new Case(
            "a slice that moves touches both Services",
            List.of(new SliceApplied(WEB_SLICE)),
            List.of(new SliceApplied(MOVED)),
            "db web"),
        new Case(
            "a removed slice",
            List.of(new SliceApplied(WEB_SLICE)),
            List.of(new SliceRemoved(WEB_SLICE.name())),
            "web"),
        new Case(
            "a zone matters to hints",
            List.of(new SliceApplied(HINTED)),
            List.of(new NodeApplied(node("a"))),
            "web"),
        new Case(
            "a zone matters to nobody else",
            List.of(new SliceApplied(WEB_SLICE)),
            List.of(new NodeApplied(node("a"))),
            ""),
        new Case(
            "a zone there and back",
            List.of(new SliceApplied(HINTED), new NodeApplied(node("a"))),
            List.of(new NodeApplied(node("b")), new NodeApplied(node("a"))),
            ""),
        new Case(
            "a removed Node has no zone",
            List.of(new SliceApplied(HINTED), new NodeApplied(node("a"))),
            List.of(new NodeRemoved(NODE)),
            "web"),
        new Case(
            "other Nodes do not matter",
            List.of(new SliceApplied(HINTED), new NodeApplied(node("a"))),
            List.of(new NodeRemoved("another")),
            ""));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void touches(Case c) {
    var state = new ClusterState(NODE);
    c.before.forEach(state::on);
    var settled = state.takeTouched();
    c.events.forEach(state::on);

    assertEquals(
        c.touched,
        state.takeTouched().stream().map(ObjectName::name).collect(Collectors.joining(" ")));
    assertEquals(List.of(), state.takeTouched().asList(), "taken twice, after " + settled);
  }

  @Test
  void isListedOnceBothKindsAre() {
    var state = new ClusterState(NODE);
    assertFalse(state.listed());
    state.on(new Listed(Kind.ENDPOINT_SLICES));
    state.on(new Listed(Kind.NODES));
    assertFalse(state.listed());
    state.on(new Listed(Kind.SERVICES));
    assertTrue(state.listed());
  }

  @Test
  void aMovedSliceBelongsToItsNewServiceOnly() {
    var state = new ClusterState(NODE);
    state.on(new SliceApplied(WEB_SLICE));
    state.on(new SliceApplied(MOVED));

    assertEquals(List.of(), state.slices(name("web")));
    assertEquals(List.of(MOVED), state.slices(name("db")));
  }

  @Test
  void anotherNodeIsNotTakenForTheOwnOne() {
    var state = new ClusterState("elsewhere");
    state.on(new NodeApplied(node("a")));

    assertEquals(new Locality("elsewhere", Optional.empty()), state.locality());
  }

  private static EndpointSlice sliceOf(String service, String endpoint) {
    return slice("s", service, List.of(slicePort("", Protocol.TCP, 8080)), endpoint);
  }
}
