package io.fairlead.core.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;

/**
 * One virtual server by which a Service is reached, with all that the kernel needs for it.
 *
 * @param elements the set elements that stand or fall with it
 * @param siblings the virtual servers that share its packets: some of an address's packets may be
 *     marked for another virtual server
 */
public record Frontend(
    Kind kind,
    VirtualServer server,
    ImmutableList<SetElement> elements,
    ImmutableSet<VirtualServerKey> siblings) {

  /** Where the address comes from; in order of precedence if two Services want the same one. */
  public enum Kind {
    /** Assigned by the API server, so nobody else's. Bound to kube-ipvs0 whoever has it besides. */
    CLUSTER_IP,
    /** Chosen by a user or a load balancer. Not bound if a device of the node has it already. */
    EXTERNAL,
    /** The node's own address, or none at all. Never bound. */
    NODE
  }

  public VirtualServerKey key() {
    return server.key();
  }
}
