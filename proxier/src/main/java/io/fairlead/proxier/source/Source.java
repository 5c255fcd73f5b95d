package io.fairlead.proxier.source;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.ObjectName;

/**
 * Where Services, EndpointSlices and Nodes come from. A source reports events of its own accord, on
 * its own threads, until it is closed; it heals itself, and while it cannot reach what it reads it
 * reports nothing, so that the kernel stays as it is.
 */
public interface Source extends ServiceWarnings, AutoCloseable {
  /**
   * Takes events in order, one at a time. May block for a moment, which slows the source down and
   * loses nothing.
   */
  interface Listener {
    void on(ClusterEvent event);
  }

  /** Starts to report; called once. Returns at once. */
  void start(Listener listener);

  /** One line for logs and {@code status}: what is read, and from where. */
  String description();

  /** How the reading of each resource stands; empty for a source that has nothing to tell. */
  default ImmutableList<SourceStatus> status() {
    return ImmutableList.of();
  }

  /** Says nothing, unless the source has a way to. */
  @Override
  default void warn(ObjectName service, String reason, String note) {}

  /** Stops reporting and lets go of everything. */
  @Override
  void close();
}
