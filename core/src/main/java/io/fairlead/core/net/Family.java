package io.fairlead.core.net;

/** An IP address family. */
public enum Family {
  IPV4(32),
  IPV6(128);

  private final int bits;

  Family(int bits) {
    this.bits = bits;
  }

  /** The length of an address in bits, which is also the prefix length of a single host. */
  public int bits() {
    return bits;
  }

  /** The name that kube-proxy's metrics and health report use: {@code IPv4} or {@code IPv6}. */
  public String label() {
    return this == IPV4 ? "IPv4" : "IPv6";
  }
}
