package io.fairlead.netlink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks netlink attributes: {@code while (a.next()) switch (a.type()) …}. Attributes that a newer
 * kernel added are simply not asked for. Every length is checked before it is believed; one that
 * lies, and a payload of another size than is asked for, throws {@link MalformedNetlinkException},
 * and nothing else is ever thrown.
 */
public final class Attributes {
  private static final int HEADER = 4; // struct nlattr { u16 len; u16 type; }
  private static final int TYPE_MASK = 0x3fff; // without NLA_F_NESTED and NLA_F_NET_BYTEORDER

  private final ByteBuffer in;
  private final int end;
  private int type;
  private int start;
  private int length;
  private int next;

  /** Walks {@code in} between two absolute offsets; its position and limit are left alone. */
  public Attributes(ByteBuffer in, int from, int to) {
    if (from < 0 || from > to || to > in.limit()) {
      throw new MalformedNetlinkException("attributes from " + from + " to " + to);
    }
    this.in =
        in.order() == ByteOrder.nativeOrder() ? in : in.duplicate().order(ByteOrder.nativeOrder());
    this.next = from;
    this.end = to;
  }

  /** Moves to the next attribute; false at the end. */
  public boolean next() {
    if (end - next < HEADER) {
      return false; // padding may follow the last attribute
    }
    int claimed = Short.toUnsignedInt(in.getShort(next));
    if (claimed < HEADER || claimed > end - next) {
      throw new MalformedNetlinkException(
          "attribute at offset " + next + " claims " + claimed + " bytes of " + (end - next));
    }
    type = in.getShort(next + 2) & TYPE_MASK;
    start = next + HEADER;
    length = claimed - HEADER;
    next = Math.min(end, next + ((claimed + 3) & ~3));
    return true;
  }

  /** The type of the current attribute, without its flag bits. */
  public int type() {
    return type;
  }

  /** The length of the current attribute's payload in bytes. */
  public int length() {
    return length;
  }

  /** The payload as an unsigned byte. */
  public int u8() {
    return Byte.toUnsignedInt(in.get(payload(1)));
  }

  /** The payload as two unsigned bytes in host order. */
  public int u16() {
    return Short.toUnsignedInt(in.getShort(payload(2)));
  }

  /** The payload as two unsigned bytes in network order. */
  public int u16Be() {
    return Short.toUnsignedInt(swap(in.getShort(payload(2))));
  }

  /** The payload as four bytes in host order. */
  public int u32() {
    return in.getInt(payload(4));
  }

  /** The payload as four bytes in network order. */
  public int u32Be() {
    return swap(in.getInt(payload(4)));
  }

  /** The payload as eight bytes in host order. */
  public long u64() {
    return in.getLong(payload(8));
  }

  /** The payload as eight bytes in network order. */
  public long u64Be() {
    return swap(in.getLong(payload(8)));
  }

  /** 8 bytes in network order from {@code offset} of the payload: half of an IPv6 address. */
  public long u64BeAt(int offset) {
    return swap(in.getLong(within(offset, 8)));
  }

  /** 4 bytes in network order from {@code offset} of the payload. */
  public int u32BeAt(int offset) {
    return swap(in.getInt(within(offset, 4)));
  }

  /** 4 bytes in host order from {@code offset} of the payload. */
  public int u32At(int offset) {
    return in.getInt(within(offset, 4));
  }

  /** The payload up to its first NUL, or all of it. */
  public String string() {
    int stop = start;
    while (stop < start + length && in.get(stop) != 0) {
      stop++;
    }
    byte[] text = new byte[stop - start];
    in.get(start, text);
    return new String(text, UTF_8);
  }

  /** A copy of the payload. */
  public byte[] bytes() {
    byte[] copy = new byte[length];
    in.get(start, copy);
    return copy;
  }

  /** The attributes inside the current one. */
  public Attributes nested() {
    return new Attributes(in, start, start + length);
  }

  private int payload(int want) {
    if (length != want) {
      throw new MalformedNetlinkException(
          "attribute " + type + " is " + length + " bytes, want " + want);
    }
    return start;
  }

  private int within(int offset, int want) {
    if (offset < 0 || offset > length - want) {
      throw new MalformedNetlinkException(
          "attribute " + type + " is " + length + " bytes, want " + want + " at " + offset);
    }
    return start + offset;
  }

  private static short swap(short value) {
    return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Short.reverseBytes(value);
  }

  private static int swap(int value) {
    return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value);
  }

  private static long swap(long value) {
    return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value);
  }
}
