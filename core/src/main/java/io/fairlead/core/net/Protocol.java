package io.fairlead.core.net;

import java.util.Optional;

/** A transport protocol that Services and IPVS both know. */
public enum Protocol {
  TCP(6),
  UDP(17),
  SCTP(132);

  private final int number;

  Protocol(int number) {
    this.number = number;
  }

  /** The IANA protocol number, as in the IP header. */
  public int number() {
    return number;
  }

  /** The protocol with this IANA number, if it is one that Services know. */
  public static Optional<Protocol> ofNumber(int number) {
    return switch (number) {
      case 6 -> Optional.of(TCP);
      case 17 -> Optional.of(UDP);
      case 132 -> Optional.of(SCTP);
      default -> Optional.empty();
    };
  }
}
