package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.ClusterState;
import io.fairlead.core.cluster.Locality;
import io.fairlead.core.cluster.Node;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.endpoints.ServiceEndpoints;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.plan.DesiredState;
import io.fairlead.core.plan.Marks;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PortName;
import io.fairlead.core.plan.ServicePlan;
import io.fairlead.core.plan.Surroundings;
import java.util.Collection;
import java.util.Optional;

/** Keeps the desired state up with the cluster: what an event touched is planned anew. */
final class Planning {
  private final Planner planner;
  private final boolean podRangesFromNode;
  private final DesiredState desired;
  private final ClusterState cluster;
  private final Marks marks;
  private ImmutableSet<IpAddress> nodeAddresses = ImmutableSet.of();
  private ImmutableSet<SetElement.PodRange> podRanges = ImmutableSet.of();
  private View seen;
  private Surroundings around;

  /** What {@link Surroundings} are made of. */
  private record View(
      Locality here,
      ImmutableList<IpAddress> ownAddresses,
      ImmutableSet<IpAddress> nodeAddresses,
      ImmutableMap<IpAddress, String> otherNodes) {}

  Planning(Planner planner, ReconcilerSettings settings, DesiredState desired) {
    this.planner = planner;
    this.podRangesFromNode = settings.podRangesFromNode();
    this.desired = desired;
    this.cluster = new ClusterState(settings.nodeName());
    this.marks = new Marks(planner.settings().marks());
    this.around = Surroundings.of(cluster.locality());
    this.seen =
        new View(cluster.locality(), ImmutableList.of(), ImmutableSet.of(), ImmutableMap.of());
  }

  void on(ClusterEvent event) {
    cluster.on(event);
    if (podRangesFromNode) {
      cluster
          .node()
          .map(Node::podCidrs)
          .filter(ranges -> !ranges.isEmpty()) // those of a Node that is gone stay
          .ifPresent(ranges -> podRanges = elements(ranges));
    }
  }

  private static ImmutableSet<SetElement.PodRange> elements(ImmutableList<Cidr> ranges) {
    return ranges.stream().map(SetElement.PodRange::new).collect(ImmutableSet.toImmutableSet());
  }

  /** Whether all that existed at the start is known. */
  boolean listed() {
    return cluster.listed() && (!podRangesFromNode || !podRanges.isEmpty());
  }

  void nodeAddresses(ImmutableSet<IpAddress> addresses) {
    nodeAddresses = addresses;
    desired.nodeAddresses(addresses);
  }

  /** Takes the marks that an earlier run gave, as the kernel's rules have them. */
  void remember(Collection<SetElement> elements) {
    for (SetElement element : elements) {
      if (element instanceof SetElement.LocalOnly local) {
        marks.remember(local.key(), local.mark());
      }
    }
  }

  /** Takes the marks that others' virtual servers go by. */
  void avoid(Collection<Integer> others) {
    marks.avoid(others);
  }

  /** Plans anew what was touched since the last call. */
  void update() {
    lookAround();
    cluster.takeTouched().forEach(this::replan);
    desired.podRanges(podRanges);
  }

  /** Takes in what plans depend on besides their Service; what that touches is planned anew. */
  private void lookAround() {
    Surroundings before = around;
    ImmutableList<IpAddress> own =
        cluster.node().map(Node::addresses).orElse(before.ownAddresses());
    View view = new View(cluster.locality(), own, nodeAddresses, cluster.otherNodes());
    if (view.equals(seen)) {
      return;
    }
    seen = view;
    around =
        new Surroundings(
            view.here,
            own,
            planner.settings().nodePortAddresses().of(nodeAddresses, own),
            view.otherNodes);
    if (!around.nodePortAddresses().equals(before.nodePortAddresses())) {
      cluster.touchIf(Service::hasNodePort);
    }
    if (!around.ownAddresses().equals(before.ownAddresses())) {
      cluster.touchIf(service -> !service.sourceRanges().isEmpty());
    }
  }

  /** One Service that trips a defect must not hold up the others: it keeps the plan it has. */
  private void replan(ObjectName name) {
    try {
      desired.put(plan(name));
    } catch (RuntimeException e) {
      desired.keep(name, "cannot be planned, and stays as it is: " + e);
    }
  }

  private ServicePlan plan(ObjectName name) {
    Optional<Service> service = cluster.service(name);
    ImmutableMap<PortName, Integer> marked =
        marks.assign(name, service.map(it -> planner.split(it, around)).orElse(ImmutableMap.of()));
    return service
        .map(it -> planner.plan(it, ServiceEndpoints.merge(cluster.slices(name)), around, marked))
        .orElseGet(() -> ServicePlan.nothing(name));
  }
}
