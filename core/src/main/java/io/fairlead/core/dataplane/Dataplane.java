package io.fairlead.core.dataplane;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.net.IpAddress;

/**
 * The one door to the kernel. Three kinds exist: the kernel itself, a recording fake for tests, and
 * a dry run. Used by one thread at a time.
 */
public interface Dataplane {
  /**
   * Reads everything back. An interrupted dump is read again, never trusted.
   *
   * @throws DataplaneException if some part cannot be read; then nothing is known
   */
  KernelState read() throws DataplaneException;

  /**
   * Reads back what it takes to know where the kernel is not as believed. It finds what {@link
   * #read} would show, sooner or later: what a dataplane cannot read cheaply it may look at in
   * turns, a part each time.
   *
   * @throws DataplaneException if some part cannot be read; then nothing is known
   */
  default Drift compare(KernelView believed) throws DataplaneException {
    return Drift.between(believed, read());
  }

  /**
   * Reads the addresses of all interfaces but kube-ipvs0, as {@link KernelState#nodeAddresses} has
   * them.
   */
  ImmutableSet<IpAddress> nodeAddresses() throws DataplaneException;

  /** Reads the connection counts of one virtual server's real servers; empty if it is gone. */
  ImmutableMap<RealServer, Connections> connections(VirtualServerKey key) throws DataplaneException;

  /**
   * Applies changes in their order. A change that fails stops none of the others.
   *
   * @return the changes that failed, in order; empty if all is well
   */
  ImmutableList<Failure> apply(ImmutableList<Change> changes);

  /**
   * A change that the kernel refused.
   *
   * @param drift whether the kernel was not as the caller believed, so that reading back and trying
   *     again will help
   */
  record Failure(Change change, String reason, boolean drift) {}
}
