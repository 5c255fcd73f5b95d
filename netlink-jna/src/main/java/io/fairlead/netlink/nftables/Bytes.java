package io.fairlead.netlink.nftables;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fairlead.netlink.Attributes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Some bytes as a value: what a register, a set's key or a map's value holds. Fields of a
 * concatenation start at multiples of 4 and are in network order, but for marks and the like, which
 * nf_tables keeps in host order.
 */
public final class Bytes implements Comparable<Bytes> {
  /** No bytes. */
  public static final Bytes NONE = new Bytes(new byte[0]);

  private final byte[] bytes;

  private Bytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A copy of {@code bytes}. */
  public static Bytes of(byte... bytes) {
    return new Bytes(bytes.clone());
  }

  /** Takes the array over: its maker must not keep it. */
  static Bytes owned(byte[] bytes) {
    return new Bytes(bytes);
  }

  /** A number in network order, in {@code length} bytes; what does not fit is cut off. */
  public static Bytes network(long value, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < Math.min(length, Long.BYTES); i++) {
      bytes[length - 1 - i] = (byte) (value >>> (8 * i));
    }
    return new Bytes(bytes);
  }

  /** The 4 bytes of a number in host order: a mark, for one. */
  public static Bytes host32(int value) {
    return new Bytes(ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array());
  }

  /** The bits that both have; both must be of one length. */
  public Bytes and(Bytes other) {
    byte[] both = new byte[bytes.length];
    for (int i = 0; i < both.length; i++) {
      both[i] = (byte) (bytes[i] & other.bytes[i]);
    }
    return new Bytes(both);
  }

  /** As many bytes, all zero. */
  Bytes allZero() {
    return new Bytes(new byte[bytes.length]);
  }

  /** The number before this one, in network order; the largest one before zero. */
  Bytes minusOne() {
    byte[] less = bytes.clone();
    for (int i = less.length - 1; i >= 0 && less[i]-- == 0; i--) {
      // borrows from the byte before
    }
    return new Bytes(less);
  }

  /** Whether the first {@code count} bytes of both are the same. */
  public boolean startsLike(Bytes other, int count) {
    return Arrays.equals(bytes, 0, count, other.bytes, 0, count);
  }

  public int length() {
    return bytes.length;
  }

  public int u8(int offset) {
    return Byte.toUnsignedInt(bytes[offset]);
  }

  /** Two bytes in network order. */
  public int u16(int offset) {
    return u8(offset) << 8 | u8(offset + 1);
  }

  /** Four bytes in network order. */
  public int u32(int offset) {
    return ByteBuffer.wrap(bytes).getInt(offset);
  }

  /** Eight bytes in network order. */
  public long u64(int offset) {
    return ByteBuffer.wrap(bytes).getLong(offset);
  }

  /** Four bytes from the start, in this machine's order: a mark, for one. */
  public int toHost32() {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt();
  }

  /** The bytes up to the first NUL as text. */
  public String text() {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, UTF_8);
  }

  /** The attributes that the bytes are. */
  Attributes attributes() {
    return new Attributes(ByteBuffer.wrap(bytes), 0, bytes.length);
  }

  /** The bytes themselves, for writers of this package only: they must not be changed. */
  byte[] shared() {
    return bytes;
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Hexadecimal digits. */
  @Override
  public String toString() {
    return "0x" + HexFormat.of().formatHex(bytes);
  }
}
