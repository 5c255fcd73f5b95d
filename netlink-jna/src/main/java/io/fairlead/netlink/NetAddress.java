package io.fairlead.netlink;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An IPv4 or IPv6 address as netlink carries it: bits in network order, without text or arrays.
 *
 * @param bits 32 or 128
 * @param hi the first 64 bits of an IPv6 address; 0 for IPv4
 * @param lo the last 64 bits, or the 32 bits of an IPv4 address
 */
public record NetAddress(int bits, long hi, long lo) {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;

  public NetAddress {
    if (bits != 32 && bits != 128) {
      throw new IllegalArgumentException("an address of " + bits + " bits; want 32 or 128");
    }
    if (bits == 32 && (hi != 0 || lo >>> 32 != 0)) {
      throw new IllegalArgumentException("an IPv4 address has 32 bits");
    }
  }

  /** The IPv4 address with these bits, the first byte of the address in the highest place. */
  public static NetAddress v4(int bits) {
    return new NetAddress(32, 0, Integer.toUnsignedLong(bits));
  }

  public static NetAddress v6(long hi, long lo) {
    return new NetAddress(128, hi, lo);
  }

  public static NetAddress of(InetAddress address) {
    ByteBuffer in = ByteBuffer.wrap(address.getAddress());
    return in.capacity() == 4 ? v4(in.getInt()) : v6(in.getLong(), in.getLong());
  }

  /**
   * The address in the payload of the current attribute.
   *
   * @throws MalformedNetlinkException unless it is 4 or 16 bytes long
   */
  public static NetAddress read(Attributes in) {
    return switch (in.length()) {
      case 4 -> v4(in.u32Be());
      case 16 -> v6(in.u64BeAt(0), in.u64BeAt(8));
      default ->
          throw new MalformedNetlinkException(
              "attribute " + in.type() + " is " + in.length() + " bytes, want an address");
    };
  }

  /** 0.0.0.0 or ::, for AF_INET or AF_INET6. */
  public static NetAddress any(int family) {
    return family == AF_INET6 ? v6(0, 0) : v4(0);
  }

  /** Writes the address as one attribute. */
  public void write(MessageWriter out, int type) {
    write(out, type, bits, hi, lo);
  }

  /** Writes an address that is not held in an object as one attribute. */
  public static void write(MessageWriter out, int type, int bits, long hi, long lo) {
    if (bits == 32) {
      out.u32Be(type, (int) lo);
    } else {
      out.u128Be(type, hi, lo);
    }
  }

  /** AF_INET or AF_INET6. */
  public int family() {
    return family(bits);
  }

  /** AF_INET for 32 bits, AF_INET6 for 128. */
  public static int family(int bits) {
    return bits == 32 ? AF_INET : AF_INET6;
  }

  public InetAddress toInetAddress() {
    byte[] bytes =
        bits == 32
            ? ByteBuffer.allocate(4).putInt((int) lo).array()
            : ByteBuffer.allocate(16).putLong(hi).putLong(lo).array();
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 bytes are always an address", e);
    }
  }

  @Override
  public String toString() {
    return toInetAddress().getHostAddress();
  }
}
