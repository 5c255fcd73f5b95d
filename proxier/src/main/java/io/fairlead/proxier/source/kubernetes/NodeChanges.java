package io.fairlead.proxier.source.kubernetes;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Passes on what concerns a proxy: of other Nodes their addresses only, and nothing that was told
 * before. Kubelets report at least every five minutes, so that the Nodes of a big cluster change
 * many times a second, and hardly ever in anything that is read here.
 */
final class NodeChanges implements Consumer<ClusterEvent> {
  private final String own;
  private final Consumer<ClusterEvent> events;
  private final Map<String, Node> told = new HashMap<>();

  NodeChanges(String own, Consumer<ClusterEvent> events) {
    this.own = own;
    this.events = events;
  }

  @Override
  public void accept(ClusterEvent event) {
    switch (event) {
      case ClusterEvent.NodeApplied(Node node) -> applied(ofInterest(node));
      case ClusterEvent.NodeRemoved(String name) -> {
        events.accept(event);
        told.remove(name);
      }
      case ClusterEvent.ServiceApplied _,
          ClusterEvent.ServiceRemoved _,
          ClusterEvent.SliceApplied _,
          ClusterEvent.SliceRemoved _,
          ClusterEvent.Listed _ ->
          events.accept(event);
    }
  }

  private void applied(Node node) {
    if (!node.equals(told.get(node.name()))) {
      // In this order: what the listener failed to take is not known, and comes again.
      events.accept(new ClusterEvent.NodeApplied(node));
      told.put(node.name(), node);
    }
  }

  private Node ofInterest(Node node) {
    return node.name().equals(own)
        ? node
        : new Node(node.name(), Optional.empty(), node.addresses(), ImmutableList.of(), true);
  }
}
