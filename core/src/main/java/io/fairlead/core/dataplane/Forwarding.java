package io.fairlead.core.dataplane;

/**
 * How packets reach a real server. Numbers are those of IP_VS_CONN_F_FWD_MASK in linux/ip_vs.h.
 * Fairlead itself makes only {@link #MASQUERADE}.
 */
public enum Forwarding {
  MASQUERADE(0),
  LOCAL_NODE(1),
  TUNNEL(2),
  DIRECT_ROUTE(3),
  BYPASS(4);

  private final int number;

  Forwarding(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  /**
   * The method in the low three bits of {@code flags}.
   *
   * @throws IllegalArgumentException for a number no kernel uses
   */
  public static Forwarding ofNumber(int flags) {
    int number = flags & 7;
    if (number > BYPASS.number) {
      throw new IllegalArgumentException("forwarding method " + number + " is outside 0..4");
    }
    return values()[number];
  }
}
