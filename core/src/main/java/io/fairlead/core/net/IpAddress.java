package io.fairlead.core.net;

import com.google.common.base.CharMatcher;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address as a value. IPv4 keeps its 32 bits in the low half of {@code lo}.
 *
 * @param hi the first 64 bits of an IPv6 address; 0 for IPv4
 * @param lo the last 64 bits, or the 32 bits of an IPv4 address
 */
public record IpAddress(Family family, long hi, long lo) implements Comparable<IpAddress> {
  public IpAddress {
    if (family == Family.IPV4 && (hi != 0 || lo >>> 32 != 0)) {
      throw new IllegalArgumentException("an IPv4 address has 32 bits");
    }
  }

  /** The IPv4 address with these bits, the first byte of the address in the highest place. */
  public static IpAddress v4(int bits) {
    return new IpAddress(Family.IPV4, 0, Integer.toUnsignedLong(bits));
  }

  /** The IPv6 address with these bits. */
  public static IpAddress v6(long hi, long lo) {
    return new IpAddress(Family.IPV6, hi, lo);
  }

  /**
   * Reads an address in text. Leading zeros ({@code 010.0.0.1}), shortened forms ({@code 1.2.3}),
   * scope identifiers and other scripts' digits are refused, since tools disagree on what they
   * mean.
   *
   * @throws IllegalArgumentException naming the text
   */
  public static IpAddress parse(String text) {
    if (!InetAddresses.isInetAddress(text)
        || text.indexOf('%') >= 0
        || !CharMatcher.ascii().matchesAllOf(text)) {
      throw new IllegalArgumentException("\"" + text + "\" is not an IP address");
    }
    // Guava turns ::ffff:a.b.c.d into IPv4; Kubernetes refuses that form, and so does this.
    InetAddress address = InetAddresses.forString(text);
    if (address.getAddress().length == 4 && text.indexOf(':') >= 0) {
      throw new IllegalArgumentException("\"" + text + "\" is an IPv4-mapped IPv6 address");
    }
    return ofBytes(address.getAddress());
  }

  /**
   * Reads an address in network byte order.
   *
   * @throws IllegalArgumentException unless there are 4 or 16 bytes
   */
  public static IpAddress ofBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return switch (bytes.length) {
      case 4 -> v4(in.getInt());
      case 16 -> v6(in.getLong(), in.getLong());
      default -> throw new IllegalArgumentException("an address of " + bytes.length + " bytes");
    };
  }

  /** The address in network byte order: 4 or 16 bytes, in a new array. */
  public byte[] toBytes() {
    return family == Family.IPV4
        ? ByteBuffer.allocate(4).putInt((int) lo).array()
        : ByteBuffer.allocate(16).putLong(hi).putLong(lo).array();
  }

  /** Whether this is in 127.0.0.0/8 or ::1. */
  public boolean isLoopback() {
    return family == Family.IPV4 ? lo >>> 24 == 127 : hi == 0 && lo == 1;
  }

  /** Whether this is 0.0.0.0 or ::. */
  public boolean isUnspecified() {
    return hi == 0 && lo == 0;
  }

  /** Whether this is in 169.254.0.0/16 or fe80::/10. */
  public boolean isLinkLocal() {
    return family == Family.IPV4 ? lo >>> 16 == 0xa9fe : hi >>> 54 == 0x3fa;
  }

  /** Whether this is in 224.0.0.0/4 or ff00::/8. */
  public boolean isMulticast() {
    return family == Family.IPV4 ? lo >>> 28 == 0xe : hi >>> 56 == 0xff;
  }

  /**
   * Why no Service or endpoint may have this address, such as {@code "a loopback address"}; empty
   * if it may. The API server refuses these for externalIPs and endpoints.
   */
  public Optional<String> unfitness() {
    if (isUnspecified()) {
      return Optional.of("the unspecified address");
    }
    if (isLoopback()) {
      return Optional.of("a loopback address");
    }
    if (isLinkLocal()) {
      return Optional.of("a link-local address");
    }
    return isMulticast() ? Optional.of("a multicast address") : Optional.empty();
  }

  /**
   * In plain steps, as in all records here that are keys of big maps: those that a record has by
   * itself go through method handles, which C1 does not inline, and took most of a first sync.
   */
  @Override
  public int hashCode() {
    return 31 * Long.hashCode(31 * hi + lo) + family.bits();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof IpAddress it && lo == it.lo && hi == it.hi && family == it.family;
  }

  /** By family, then as numbers. In plain steps: all that is sorted here is sorted by it. */
  @Override
  public int compareTo(IpAddress other) {
    if (family != other.family) {
      return family.compareTo(other.family);
    }
    int high = Long.compareUnsigned(hi, other.hi);
    return high != 0 ? high : Long.compareUnsigned(lo, other.lo);
  }

  /** The address as {@code ip} and {@code kubectl} print it. */
  @Override
  public String toString() {
    try {
      return InetAddresses.toAddrString(InetAddress.getByAddress(toBytes()));
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 bytes are always an address", e);
    }
  }
}
