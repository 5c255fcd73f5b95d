package io.fairlead.netlink.nftables;

import java.util.Locale;

/** The packets that a table sees. */
public enum TableFamily implements Numbered {
  /** IPv4 and IPv6. */
  INET(1),
  IP(2),
  ARP(3),
  NETDEV(5),
  BRIDGE(7),
  IP6(10);

  private final int number; // NFPROTO_…

  TableFamily(int number) {
    this.number = number;
  }

  @Override
  public int number() {
    return number;
  }

  static TableFamily of(int number) {
    return Numbered.get(values(), number, "table family");
  }

  /** The name that nft prints. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
