package io.fairlead.core.dataplane;

import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import org.jspecify.annotations.Nullable;

/** What IPVS matches a packet on. Everything else about a virtual server can change in place. */
public sealed interface VirtualServerKey extends Comparable<VirtualServerKey> {
  Family family();

  /** Addressed virtual servers come first, by address, port and protocol; then marks. */
  @Override
  default int compareTo(VirtualServerKey other) {
    return switch (this) {
      case Addressed a -> other instanceof Addressed b ? a.compare(b) : -1;
      case Marked a -> other instanceof Marked b ? a.compare(b) : 1;
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

    @Override
    public int hashCode() {
      return 31 * (31 * address.hashCode() + port) + protocol.number();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Addressed it
          && port == it.port
          && protocol == it.protocol
          && address.equals(it.address);
    }

    private int compare(Addressed other) {
      int byAddress = address.compareTo(other.address);
      if (byAddress != 0) {
        return byAddress;
      }
      int byPort = Integer.compare(port, other.port);
      return byPort != 0 ? byPort : protocol.compareTo(other.protocol);
    }

    /** As in {@code ipvsadm}: {@code TCP 10.96.0.10:80} or {@code UDP [fd00::a]:53}. */
    @Override
    public String toString() {
      return protocol + " " + RealServer.hostPort(address, port);
    }
  }

  /** Matches packets of one family whose whole mark equals {@code mark}. */
  record Marked(int mark, Family family) implements VirtualServerKey {
    @Override
    public int hashCode() {
      return 31 * mark + family.bits();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Marked it && mark == it.mark && family == it.family;
    }

    private int compare(Marked other) {
      int byFamily = family.compareTo(other.family);
      return byFamily != 0 ? byFamily : Integer.compareUnsigned(mark, other.mark);
    }

    @Override
    public String toString() {
      return "FWM " + Integer.toUnsignedString(mark) + (family == Family.IPV6 ? " IPv6" : "");
    }
  }
}
