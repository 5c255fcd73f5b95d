package io.fairlead.proxier.sync;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Dataplane.Failure;
import java.time.Duration;

/**
 * What one pass of the loop did to the kernel.
 *
 * @param events how many events it took in; 0 unless {@code cause} is EVENTS or START
 * @param took from the first system call to the last
 * @param latency from the arrival of its first event to the last system call; zero without events
 */
public record Pass(
    Cause cause,
    int events,
    ImmutableList<Change> changes,
    ImmutableList<Failure> failures,
    Duration took,
    Duration latency) {

  /** Why the pass ran. */
  public enum Cause {
    /** The first pass after the sources have listed everything. */
    START,
    /** Objects changed. */
    EVENTS,
    /**
     * The kernel was read back; changes are repairs of what others did, or a failure tried again.
     */
    AUDIT,
    /** A device got or lost an address that node ports may be served on. */
    ADDRESSES,
    /** Connections of draining real servers were counted. */
    DRAIN
  }
}
