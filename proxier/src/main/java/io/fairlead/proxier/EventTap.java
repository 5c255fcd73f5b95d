package io.fairlead.proxier;

import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.Node;
import io.fairlead.proxier.observe.Health;
import io.fairlead.proxier.observe.SyncMetrics;
import io.fairlead.proxier.source.Source;

/**
 * Lets metrics and health see each event on its way to the loop.
 *
 * @param node the own Node's name: other Nodes' states say nothing about this proxy
 */
record EventTap(String node, Source.Listener next, SyncMetrics metrics, Health health)
    implements Source.Listener {
  @Override
  public void on(ClusterEvent event) {
    switch (event) {
      case ClusterEvent.ServiceApplied _, ClusterEvent.ServiceRemoved _ -> metrics.serviceChanged();
      case ClusterEvent.SliceApplied _, ClusterEvent.SliceRemoved _ -> metrics.endpointsChanged();
      case ClusterEvent.NodeApplied(Node applied) -> {
        if (applied.name().equals(node)) {
          health.nodeApplied(applied);
        }
      }
      case ClusterEvent.NodeRemoved(String removed) -> {
        if (removed.equals(node)) {
          health.nodeRemoved();
        }
      }
      case ClusterEvent.Listed _ -> {}
    }
    next.on(event);
  }
}
