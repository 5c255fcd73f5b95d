package io.fairlead.proxier.kernel;

import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import java.util.Optional;

/** A CIDR as the kernel has it: from a first address to a last one. */
record AddressRange(IpAddress first, IpAddress last) {

  static AddressRange of(Cidr cidr) {
    return new AddressRange(cidr.base(), last(cidr));
  }

  /** The CIDR that covers just this; empty if none does. */
  Optional<Cidr> cidr() {
    Cidr around = new Cidr(first, commonBits(first, last));
    return Optional.of(around).filter(it -> of(it).equals(this));
  }

  /** The first address behind the range; empty if it ends where all addresses end. */
  Optional<IpAddress> after() {
    if (first.family() == Family.IPV4) {
      return last.lo() == 0xffff_ffffL
          ? Optional.empty()
          : Optional.of(IpAddress.v4((int) last.lo() + 1));
    }
    long lo = last.lo() + 1;
    return last.hi() == -1 && lo == 0
        ? Optional.empty()
        : Optional.of(IpAddress.v6(lo == 0 ? last.hi() + 1 : last.hi(), lo));
  }

  private static IpAddress last(Cidr cidr) {
    IpAddress base = cidr.base();
    int prefix = cidr.prefix();
    return base.family() == Family.IPV4
        ? IpAddress.v4((int) (base.lo() | lowBits(32 - prefix)))
        : IpAddress.v6(base.hi() | lowBits(64 - prefix), base.lo() | lowBits(128 - prefix));
  }

  /** A word whose last {@code count} bits are set; out-of-range counts mean none or all. */
  private static long lowBits(int count) {
    return count <= 0 ? 0 : -1L >>> Math.max(0, 64 - count);
  }

  private static int commonBits(IpAddress one, IpAddress other) {
    int lo = Long.numberOfLeadingZeros(one.lo() ^ other.lo());
    if (one.family() == Family.IPV4) {
      return lo - 32;
    }
    return one.hi() == other.hi() ? 64 + lo : Long.numberOfLeadingZeros(one.hi() ^ other.hi());
  }
}
