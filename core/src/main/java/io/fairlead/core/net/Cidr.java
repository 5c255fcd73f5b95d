package io.fairlead.core.net;

import com.google.common.base.CharMatcher;
import java.util.Comparator;

/** An address prefix, such as {@code 10.244.0.0/16}; the bits after the prefix are zero. */
public record Cidr(IpAddress base, int prefix) implements Comparable<Cidr> {
  private static final Comparator<Cidr> ORDER =
      Comparator.comparing(Cidr::base).thenComparingInt(Cidr::prefix);

  public Cidr {
    if (prefix < 0 || prefix > base.family().bits()) {
      throw new IllegalArgumentException(
          "prefix length " + prefix + " is outside 0.." + base.family().bits());
    }
    base = masked(base, prefix);
  }

  /**
   * Reads {@code address/length}; bits after the prefix are dropped, as Go's ParseCIDR does.
   *
   * @throws IllegalArgumentException naming the text
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("\"" + text + "\" is not a CIDR such as 10.0.0.0/8");
    }
    try {
      return new Cidr(
          IpAddress.parse(text.substring(0, slash)), prefixLength(text.substring(slash + 1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("\"" + text + "\" is not a CIDR: " + e.getMessage(), e);
    }
  }

  public Family family() {
    return base.family();
  }

  public boolean contains(IpAddress address) {
    return address.family() == base.family() && masked(address, prefix).equals(base);
  }

  @Override
  public int compareTo(Cidr other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return base + "/" + prefix;
  }

  private static IpAddress masked(IpAddress address, int prefix) {
    return address.family() == Family.IPV4
        ? IpAddress.v4((int) address.lo() & (int) highBits(prefix + 32))
        : IpAddress.v6(address.hi() & highBits(prefix), address.lo() & highBits(prefix - 64));
  }

  /** A word whose first {@code count} bits are set; out-of-range counts mean none or all. */
  private static long highBits(int count) {
    return count <= 0 ? 0 : count >= 64 ? -1L : -1L << (64 - count);
  }

  /** Stricter than parseInt, which takes signs and other scripts' digits. */
  private static int prefixLength(String text) {
    if (text.isEmpty() || text.length() > 3 || !CharMatcher.inRange('0', '9').matchesAllOf(text)) {
      throw new IllegalArgumentException("\"" + text + "\" is not a prefix length");
    }
    return Integer.parseInt(text);
  }
}
