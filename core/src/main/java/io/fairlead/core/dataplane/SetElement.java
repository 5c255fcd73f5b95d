package io.fairlead.core.dataplane;

import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * One element of the packet filter's sets. Which rules look at a set is the dataplane's business.
 */
public sealed interface SetElement {
  Family family();

  /**
   * An address that only Services may be reached on: new flows to its other ports are refused.
   * Never one that a real interface holds (kubernetes#117613).
   */
  record Vip(IpAddress address) implements SetElement {
    @Override
    public int hashCode() {
      return address.hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Vip it && address.equals(it.address);
    }

    @Override
    public Family family() {
      return address.family();
    }
  }

  /** An element that is about one port of a Service, as packets to it carry it. */
  sealed interface AtPort extends SetElement {
    IpAddress address();

    Protocol protocol();

    int port();

    @Override
    default Family family() {
      return address().family();
    }

    /** The virtual server that takes these packets, unless their mark says another. */
    default VirtualServerKey.Addressed key() {
      return new VirtualServerKey.Addressed(address(), port(), protocol());
    }
  }

  /** A Service's address and port in one of the sets that are matched on a packet's destination. */
  record ServicePort(Set set, IpAddress address, Protocol protocol, int port) implements AtPort {
    @Override
    public int hashCode() {
      return 31 * (31 * (31 * address.hashCode() + port) + protocol.number()) + set.hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof ServicePort it
          && set == it.set
          && port == it.port
          && protocol == it.protocol
          && address.equals(it.address);
    }

    /** The sets of this shape. */
    public enum Set {
      /** Ports that exist, with or without endpoints: never refused by the VIP rule. */
      SERVICES,
      /** New flows are masqueraded whoever sends them: externalTrafficPolicy Cluster. */
      MASQUERADE,
      /** New flows from outside the cluster are masqueraded: ClusterIPs. */
      CLUSTER_IPS,
      /** Ports without endpoints: new flows are refused at once, in every protocol. */
      NO_ENDPOINTS,
      /** internalTrafficPolicy Local without a local endpoint: new flows are dropped. */
      NO_LOCAL,
      /**
       * externalTrafficPolicy Local without a local endpoint: new flows are dropped, but for those
       * of this node and its pods.
       */
      NO_LOCAL_EXTERNAL,
      /** New flows are dropped unless a {@link Allowed} lets them in: loadBalancerSourceRanges. */
      LIMITED
    }
  }

  /**
   * externalTrafficPolicy Local: every packet from outside gets this mark, by which a virtual
   * server with the node's own endpoints takes it.
   */
  record LocalOnly(IpAddress address, Protocol protocol, int port, int mark) implements AtPort {
    @Override
    public String toString() {
      return "LocalOnly[" + key() + ", mark=0x" + Integer.toHexString(mark) + "]";
    }
  }

  /** These sources may use a {@link ServicePort.Set#LIMITED} port. Never one within another. */
  record Allowed(IpAddress address, Protocol protocol, int port, Cidr sources) implements AtPort {}

  /** An endpoint of this node, which must see another source when it is its own client. */
  record Hairpin(IpAddress address, Protocol protocol, int port) implements SetElement {
    @Override
    public int hashCode() {
      return 31 * (31 * address.hashCode() + port) + protocol.number();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Hairpin it
          && port == it.port
          && protocol == it.protocol
          && address.equals(it.address);
    }

    @Override
    public Family family() {
      return address.family();
    }
  }

  /** Where this node's pods have their addresses, if its Node object says so. */
  record PodRange(Cidr range) implements SetElement {
    @Override
    public Family family() {
      return range.family();
    }
  }
}
