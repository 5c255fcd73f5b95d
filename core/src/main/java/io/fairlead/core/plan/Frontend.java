package io.fairlead.core.plan;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;

/**
 * One address and port on which a Service is reached, with all that the kernel needs for it.
 *
 * @param elements the set elements that stand or fall with it
 */
public record Frontend(Kind kind, VirtualServer server, ImmutableList<SetElement> elements) {

  /** Where the address comes from; in order of precedence if two Services want the same one. */
  public enum Kind {
    /** Assigned by the API server, so nobody else's. Bound to kube-ipvs0 whoever has it besides. */
    CLUSTER_IP,
    /** Chosen by a user or a load balancer. Not bound if a device of the node has it already. */
    EXTERNAL
  }

  public VirtualServerKey key() {
    return server.key();
  }
}
