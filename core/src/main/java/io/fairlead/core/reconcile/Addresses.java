package io.fairlead.core.reconcile;

import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.Optional;

/** The address of a virtual server key, and the range of keys at one address. */
final class Addresses {
  private Addresses() {}

  static Addressed first(IpAddress address) {
    return new Addressed(address, 0, Protocol.TCP);
  }

  static Addressed last(IpAddress address) {
    return new Addressed(address, 0xffff, Protocol.SCTP);
  }

  /** The address; empty for a mark, which has none. */
  static Optional<IpAddress> of(VirtualServerKey key) {
    return switch (key) {
      case Addressed(IpAddress address, _, _) -> Optional.of(address);
      case VirtualServerKey.Marked _ -> Optional.empty();
    };
  }
}
