package io.fairlead.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.Node;
import io.fairlead.core.cluster.TestObjects;
import io.fairlead.core.cluster.TestObjects.ServiceDraft;
import io.fairlead.core.dataplane.KernelState;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.core.reconcile.ReconcilerSettings;
import io.fairlead.proxier.sync.Pass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** P08: what a Service cannot have is told to those who look after it. */
class ProblemEventsTest {
  private static final KernelState EMPTY =
      new KernelState(
          false, ImmutableSet.of(), ImmutableSet.of(), ImmutableMap.of(), false, ImmutableSet.of());

  private final Reconciler reconciler =
      new Reconciler(new Planner(PlannerSettings.of("rr")), new ReconcilerSettings("node1"));
  private final List<String> warnings = new ArrayList<>();
  private final ProblemEvents events =
      new ProblemEvents(
          (service, reason, note) -> warnings.add(service + " " + reason + ": " + note));

  @Test
  void eachProblemIsToldOnceWhenItComesUp() {
    record Step(String what, ClusterEvent event, List<String> told) {}

    for (ClusterEvent.Kind kind : ClusterEvent.Kind.values()) {
      reconciler.on(new ClusterEvent.Listed(kind));
    }
    reconciler.observe(EMPTY, ImmutableSet.of());
    String stolen =
        "default/thief AddressOfNode: externalIP 192.0.2.2 is the address of Node node2; left out";
    for (Step step :
        List.of(
            new Step("no problem", service("web", "10.0.0.1"), List.of()),
            new Step("another Node", node("node2", "192.0.2.2"), List.of()),
            new Step("its address", service("thief", "10.0.0.2", "192.0.2.2"), List.of(stolen)),
            new Step("the same again", service("thief", "10.0.0.2", "192.0.2.2"), List.of()),
            new Step(
                "one more",
                service("thief", "10.0.0.2", "192.0.2.2", "127.0.0.1"),
                List.of(
                    "default/thief FairleadCannotServe: externalIP 127.0.0.1 is a loopback address;"
                        + " left out")),
            new Step("it is over", service("thief", "10.0.0.2"), List.of()),
            new Step("and back", service("thief", "10.0.0.2", "192.0.2.2"), List.of(stolen)),
            new Step("the own Node", node("node1", "192.0.2.1"), List.of()),
            new Step("an address", service("mine", "10.0.0.3", "192.0.2.9"), List.of()),
            new Step(
                "until another Node has it",
                node("node3", "192.0.2.9"),
                List.of(
                    "default/mine AddressOfNode: externalIP 192.0.2.9 is the address of Node node3;"
                        + " left out")))) {
      reconciler.on(step.event);
      var _ = reconciler.changes(0);
      events.passed(pass(), reconciler);

      assertEquals(step.told, warnings, step.what);
      warnings.clear();
    }
  }

  private static ClusterEvent service(String name, String clusterIp, String... externalIps) {
    return new ClusterEvent.ServiceApplied(
        ServiceDraft.service(name, clusterIp, TestObjects.tcp("http", 80))
            .externalIps(externalIps)
            .service());
  }

  private static ClusterEvent node(String name, String address) {
    return new ClusterEvent.NodeApplied(
        new Node(
            name,
            Optional.empty(),
            ImmutableList.of(IpAddress.parse(address)),
            ImmutableList.of(),
            true));
  }

  private static Pass pass() {
    return new Pass(
        Pass.Cause.EVENTS, 1, ImmutableList.of(), ImmutableList.of(), Duration.ZERO, Duration.ZERO);
  }
}
