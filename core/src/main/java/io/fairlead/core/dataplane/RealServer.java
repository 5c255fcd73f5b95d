package io.fairlead.core.dataplane;

import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;

/** Identifies a real server within its virtual server. */
public record RealServer(IpAddress address, int port) implements Comparable<RealServer> {
  public RealServer {
    if (port < 0 || port > 0xffff) {
      throw new IllegalArgumentException("port " + port + " is outside 0..65535");
    }
  }

  @Override
  public int compareTo(RealServer other) {
    int byAddress = address.compareTo(other.address);
    return byAddress != 0 ? byAddress : Integer.compare(port, other.port);
  }

  @Override
  public String toString() {
    return hostPort(address, port);
  }

  /** {@code 10.0.0.1:80} or {@code [fd00::1]:80}. */
  static String hostPort(IpAddress address, int port) {
    return address.family() == Family.IPV6 ? "[" + address + "]:" + port : address + ":" + port;
  }
}
