package io.fairlead.netlink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes netlink messages one after the other into a buffer, without allocating.
 *
 * <p>Integers are in host order, as netlink wants them; fields that travel in network order are
 * written by the methods with a {@code Be} suffix. Methods named {@code put…} write the family's
 * fixed header; those named by a type write one attribute. The buffer never grows: running out of
 * room throws {@link BufferOverflowException}, and {@link #abandon} takes the unfinished message
 * back.
 *
 * <p>Layout: struct nlmsghdr and struct nlattr of linux/netlink.h.
 */
public final class MessageWriter {
  /** Length of struct nlmsghdr. */
  public static final int HEADER = 16;

  private static final int ATTRIBUTE_HEADER = 4;
  private static final int NESTED = 0x8000; // NLA_F_NESTED
  private static final int NO_MESSAGE = -1;

  private ByteBuffer out;
  private int message = NO_MESSAGE;

  /** Writes from {@code out}'s position on, and takes over its position and byte order. */
  public MessageWriter(ByteBuffer out) {
    this.out = out.order(ByteOrder.nativeOrder());
  }

  /**
   * Starts a message.
   *
   * @param type the message type, or a generic netlink family's id
   * @param flags NLM_F_… bits as they are to be sent
   */
  public MessageWriter begin(int type, int flags, int sequence) {
    if (message != NO_MESSAGE) {
      throw new IllegalStateException("the message at offset " + message + " is not ended");
    }
    if (out.remaining() < HEADER) {
      throw new BufferOverflowException();
    }
    message = out.position();
    out.putInt(0).putShort((short) type).putShort((short) flags).putInt(sequence).putInt(0);
    return this;
  }

  /** Ends the message by writing its length into its header, and aligns for the next. */
  public void end() {
    out.putInt(message, out.position() - message);
    pad();
    message = NO_MESSAGE;
  }

  /** Takes the unfinished message back, so that the buffer ends where {@link #begin} found it. */
  public void abandon() {
    out.position(message);
    message = NO_MESSAGE;
  }

  /** Whether a message was begun and not yet ended. */
  public boolean isOpen() {
    return message != NO_MESSAGE;
  }

  /** Bytes written so far, unfinished message included. */
  public int length() {
    return out.position();
  }

  /** Bytes left. */
  public int remaining() {
    return out.remaining();
  }

  /** Forgets everything written. */
  public void clear() {
    out.clear();
    message = NO_MESSAGE;
  }

  /** Goes on in {@code larger}, which begins with the same bytes. */
  void moveTo(ByteBuffer larger) {
    out = larger.order(ByteOrder.nativeOrder()).position(out.position());
  }

  /** Writes one byte of a fixed header. */
  public MessageWriter put8(int value) {
    out.put((byte) value);
    return this;
  }

  /** Writes two bytes in host order. */
  public MessageWriter put16(int value) {
    out.putShort((short) value);
    return this;
  }

  /** Writes two bytes in network order. */
  public MessageWriter put16Be(int value) {
    out.put((byte) (value >>> 8)).put((byte) value);
    return this;
  }

  /** Writes four bytes in host order. */
  public MessageWriter put32(int value) {
    out.putInt(value);
    return this;
  }

  /** Writes four bytes in network order. */
  public MessageWriter put32Be(int value) {
    return put16Be(value >>> 16).put16Be(value);
  }

  /** Writes eight bytes in host order. */
  public MessageWriter put64(long value) {
    out.putLong(value);
    return this;
  }

  /** Writes eight bytes in network order. */
  public MessageWriter put64Be(long value) {
    return put32Be((int) (value >>> 32)).put32Be((int) value);
  }

  /** Writes an attribute of one byte. */
  public MessageWriter u8(int type, int value) {
    return attribute(type, 1).put8(value).pad();
  }

  /** Writes an attribute of two bytes in host order. */
  public MessageWriter u16(int type, int value) {
    return attribute(type, 2).put16(value).pad();
  }

  /** Writes an attribute of two bytes in network order. */
  public MessageWriter u16Be(int type, int value) {
    return attribute(type, 2).put16Be(value).pad();
  }

  /** Writes an attribute of four bytes in host order. */
  public MessageWriter u32(int type, int value) {
    return attribute(type, 4).put32(value);
  }

  /** Writes an attribute of four bytes in network order. */
  public MessageWriter u32Be(int type, int value) {
    return attribute(type, 4).put32Be(value);
  }

  /** Writes an attribute of eight bytes in host order. */
  public MessageWriter u64(int type, long value) {
    return attribute(type, 8).put64(value);
  }

  /** Writes an attribute of eight bytes in network order. */
  public MessageWriter u64Be(int type, long value) {
    return attribute(type, 8).put64Be(value);
  }

  /** Writes 16 bytes in network order: an IPv6 address, for one. */
  public MessageWriter u128Be(int type, long hi, long lo) {
    return attribute(type, 16).put64Be(hi).put64Be(lo);
  }

  /** Writes an attribute whose presence is its meaning. */
  public MessageWriter flag(int type) {
    return attribute(type, 0);
  }

  /** Writes an attribute that is a copy of {@code value}. */
  public MessageWriter bytes(int type, byte[] value) {
    attribute(type, value.length);
    out.put(value);
    return pad();
  }

  /** Writes {@code value} with the NUL at its end that NLA_NUL_STRING policies demand. */
  public MessageWriter string(int type, String value) {
    int start = openAttribute(type);
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c >= 0x80) { // rare: names in the kernel are ASCII, comments need not be
        out.position(start + ATTRIBUTE_HEADER).put(value.getBytes(UTF_8));
        break;
      }
      out.put((byte) c);
    }
    out.put((byte) 0);
    closeAttribute(start);
    return this;
  }

  /**
   * Starts a nested attribute; attributes written until {@link #closeNest} are inside it.
   *
   * @return what {@link #closeNest} needs to find it again
   */
  public int openNest(int type) {
    return openAttribute(type | NESTED);
  }

  /** Ends the nested attribute that {@link #openNest} started. */
  public void closeNest(int start) {
    closeAttribute(start);
  }

  /** Starts an attribute whose payload is written by {@code put…} methods. */
  public int openAttribute(int type) {
    int start = out.position();
    attribute(type, 0);
    return start;
  }

  /** Ends the attribute that {@link #openAttribute} started, and pads it. */
  public void closeAttribute(int start) {
    int length = out.position() - start;
    if (length > 0xffff) {
      throw new IllegalStateException("an attribute of " + length + " bytes; the limit is 65535");
    }
    out.putShort(start, (short) length);
    pad();
  }

  private MessageWriter attribute(int type, int payload) {
    if (payload > 0xffff - ATTRIBUTE_HEADER) {
      throw new IllegalArgumentException("an attribute of " + payload + " bytes");
    }
    out.putShort((short) (ATTRIBUTE_HEADER + payload)).putShort((short) type);
    return this;
  }

  private MessageWriter pad() {
    while (((out.position() - message) & 3) != 0) {
      out.put((byte) 0);
    }
    return this;
  }
}
