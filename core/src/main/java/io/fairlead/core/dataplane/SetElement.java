package io.fairlead.core.dataplane;

import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;

/**
 * One element of the packet filter's sets. Which rules look at a set is the dataplane's business.
 */
public sealed interface SetElement {
  IpAddress address();

  default Family family() {
    return address().family();
  }

  /**
   * An address that only Services may be reached on: new flows to its other ports are refused.
   * Never one that a real interface holds (kubernetes#117613).
   */
  record Vip(IpAddress address) implements SetElement {}

  /** A Service's address and port in one of the sets that are matched on a packet's destination. */
  record ServicePort(Set set, IpAddress address, Protocol protocol, int port)
      implements SetElement {

    /** The sets of this shape. */
    public enum Set {
      /** Ports that exist, with or without endpoints: never refused by the VIP rule. */
      SERVICES,
      /** New flows are masqueraded whoever sends them: externalIPs and load balancer addresses. */
      MASQUERADE,
      /** New flows from outside the cluster are masqueraded: ClusterIPs. */
      CLUSTER_IPS,
      /** Ports without endpoints: new flows are refused at once, in every protocol. */
      NO_ENDPOINTS
    }
  }

  /** An endpoint of this node, which must see another source when it is its own client. */
  record Hairpin(IpAddress address, Protocol protocol, int port) implements SetElement {}
}
