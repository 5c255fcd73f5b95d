package io.fairlead.core.dataplane;

import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.Comparator;

/** What IPVS matches a packet on. Everything else about a virtual server can change in place. */
public sealed interface VirtualServerKey extends Comparable<VirtualServerKey> {
  Family family();

  /** Addressed virtual servers come first, by address, port and protocol; then marks. */
  @Override
  default int compareTo(VirtualServerKey other) {
    return switch (this) {
      case Addressed a -> other instanceof Addressed b ? a.compareWith(b) : -1;
      case Marked a -> other instanceof Marked b ? Marked.ORDER.compare(a, b) : 1;
    };
  }

  /** Matches packets to one address, protocol and port. */
  record Addressed(IpAddress address, int port, Protocol protocol) implements VirtualServerKey {
    public Addressed {
      if (port < 0 || port > 0xffff) {
        throw new IllegalArgumentException("port " + port + " is outside 0..65535");
      }
    }

    @Override
    public Family family() {
      return address.family();
    }

    private int compareWith(Addressed other) {
      int order = address.compareTo(other.address);
      if (order == 0) {
        order = Integer.compare(port, other.port);
      }
      return order == 0 ? protocol.compareTo(other.protocol) : order;
    }

    /** As in {@code ipvsadm}: {@code TCP 10.96.0.10:80} or {@code UDP [fd00::a]:53}. */
    @Override
    public String toString() {
      return protocol + " " + RealServer.hostPort(address, port);
    }
  }

  /** Matches packets of one family whose whole mark equals {@code mark}. */
  record Marked(int mark, Family family) implements VirtualServerKey {
    static final Comparator<Marked> ORDER =
        Comparator.comparing(Marked::family).thenComparing(Marked::mark, Integer::compareUnsigned);

    @Override
    public String toString() {
      return "FWM " + Integer.toUnsignedString(mark) + (family == Family.IPV6 ? " IPv6" : "");
    }
  }
}
