package io.fairlead.proxier;

import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.proxier.observe.Health;
import io.fairlead.proxier.observe.SyncMetrics;
import io.fairlead.proxier.source.Source;

/** Lets metrics and health see each event on its way to the loop. */
record EventTap(Source.Listener next, SyncMetrics metrics, Health health)
    implements Source.Listener {
  @Override
  public void on(ClusterEvent event) {
    switch (event) {
      case ClusterEvent.ServiceApplied _, ClusterEvent.ServiceRemoved _ -> metrics.serviceChanged();
      case ClusterEvent.SliceApplied _, ClusterEvent.SliceRemoved _ -> metrics.endpointsChanged();
      case ClusterEvent.NodeApplied applied -> health.nodeApplied(applied.node());
      case ClusterEvent.NodeRemoved _ -> health.nodeRemoved();
      case ClusterEvent.Listed _ -> {}
    }
    next.on(event);
  }
}
