package io.fairlead.core.cluster;

/**
 * What a source reports. Events of one object arrive in order; repeating a known state is harmless.
 */
public sealed interface ClusterEvent {
  /** A Service exists and looks like this. */
  record ServiceApplied(Service service) implements ClusterEvent {}

  /** A Service is gone, or is no longer this proxy's to serve. */
  record ServiceRemoved(ObjectName name) implements ClusterEvent {}

  /** An EndpointSlice exists and looks like this. */
  record SliceApplied(EndpointSlice slice) implements ClusterEvent {}

  record SliceRemoved(ObjectName name) implements ClusterEvent {}

  record NodeApplied(Node node) implements ClusterEvent {}

  record NodeRemoved(String name) implements ClusterEvent {}

  /** Every object of this kind that existed at the start has been reported. */
  record Listed(Kind kind) implements ClusterEvent {}

  /** The kinds whose first listing must be complete before anything is programmed. */
  enum Kind {
    SERVICES,
    ENDPOINT_SLICES,
    NODES
  }
}
