package io.fairlead.proxier.sync;

import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.VirtualServerKey;

/**
 * The virtual servers that are ours though their address is not on kube-ipvs0, kept where a
 * restarted process finds them and a rebooted node does not. Without it they would be taken for
 * somebody else's and never be removed.
 */
public interface OwnershipRecord {
  /** What was written last; empty if nothing was, or if it cannot be read (which is logged). */
  ImmutableSet<VirtualServerKey> read();

  /** Writes these, if they differ from what is written already. A failure is logged, not thrown. */
  void write(ImmutableSet<VirtualServerKey> keys);
}
