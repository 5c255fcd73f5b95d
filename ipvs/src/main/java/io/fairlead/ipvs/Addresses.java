package io.fairlead.ipvs;

import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.MalformedNetlinkException;
import io.fairlead.netlink.MessageWriter;

/**
 * Addresses as IPVS carries them: a family number in one attribute, and in another up to 16 bytes
 * of union nf_inet_addr in network order. The kernel always sends 16, an IPv4 address in the first
 * four.
 */
final class Addresses {
  private Addresses() {}

  static int number(Family family) {
    return switch (family) {
      case IPV4 -> Abi.AF_INET;
      case IPV6 -> Abi.AF_INET6;
    };
  }

  static Family family(int number) {
    return switch (number) {
      case Abi.AF_INET -> Family.IPV4;
      case Abi.AF_INET6 -> Family.IPV6;
      default -> throw new MalformedNetlinkException("address family " + number);
    };
  }

  /** Writes 4 or 16 bytes; the kernel fills the rest of its union with zeros. */
  static void write(MessageWriter out, int type, IpAddress address) {
    switch (address.family()) {
      case IPV4 -> out.u32Be(type, (int) address.lo());
      case IPV6 -> out.u128Be(type, address.hi(), address.lo());
    }
  }

  /** The first 8 bytes of the attribute, or its 4 bytes as if zeros followed. */
  static long high(Attributes in) {
    return in.length() == Integer.BYTES ? (long) in.u32BeAt(0) << 32 : in.u64BeAt(0);
  }

  /** The last 8 bytes of the attribute, or zero if it has but 4. */
  static long low(Attributes in) {
    return in.length() == Integer.BYTES ? 0 : in.u64BeAt(8);
  }

  static IpAddress of(Family family, long high, long low) {
    return switch (family) {
      case IPV4 -> IpAddress.v4((int) (high >>> 32));
      case IPV6 -> IpAddress.v6(high, low);
    };
  }
}
