package io.fairlead.lab.rig;

import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;

/** A host's two addresses. */
public record Addresses(IpAddress v4, IpAddress v6) {
  static Addresses of(String v4, String v6) {
    return new Addresses(IpAddress.parse(v4), IpAddress.parse(v6));
  }

  /** The one of this family. */
  public IpAddress of(Family family) {
    return switch (family) {
      case IPV4 -> v4;
      case IPV6 -> v6;
    };
  }
}
