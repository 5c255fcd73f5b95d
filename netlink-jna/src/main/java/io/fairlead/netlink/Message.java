package io.fairlead.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One received message. A view of the receive buffer: valid only inside the call that it was handed
 * to.
 */
public final class Message {
  private static final int HEADER = MessageWriter.HEADER;

  private final ByteBuffer in;
  private final int start;
  private final int end;

  /**
   * The message at an offset of a buffer.
   *
   * @throws MalformedNetlinkException if its header or its length does not fit before {@code limit}
   */
  public Message(ByteBuffer in, int start, int limit) {
    this.in =
        in.order() == ByteOrder.nativeOrder() ? in : in.duplicate().order(ByteOrder.nativeOrder());
    this.start = start;
    if (start < 0 || limit > in.limit() || limit - start < HEADER) {
      throw new MalformedNetlinkException(
          (limit - start) + " bytes at offset " + start + " are no message header");
    }
    int length = this.in.getInt(start);
    if (length < HEADER || length > limit - start) {
      throw new MalformedNetlinkException(
          "message at offset " + start + " claims " + length + " bytes of " + (limit - start));
    }
    this.end = start + length;
  }

  /** What it is: an NLMSG_… control type below 16, or the family's own. */
  public int type() {
    return Short.toUnsignedInt(in.getShort(start + 4));
  }

  /** NLM_F_… bits. */
  public int flags() {
    return Short.toUnsignedInt(in.getShort(start + 6));
  }

  /** The number of the request that it answers. */
  public int sequence() {
    return in.getInt(start + 8);
  }

  /** Length in bytes, header included. */
  public int length() {
    return end - start;
  }

  /** The offset in the buffer at which a following message would start. */
  public int next() {
    return start + ((end - start + 3) & ~3);
  }

  /** One byte of the family's fixed header, which starts at offset 0. */
  public int u8(int offset) {
    return Byte.toUnsignedInt(in.get(at(offset, 1)));
  }

  /** Two bytes of the family's fixed header in host order. */
  public int u16(int offset) {
    return Short.toUnsignedInt(in.getShort(at(offset, 2)));
  }

  /** Four bytes of the family's fixed header in host order. */
  public int u32(int offset) {
    return in.getInt(at(offset, 4));
  }

  /** The attributes that follow a fixed header of {@code headerLength} bytes. */
  public Attributes attributes(int headerLength) {
    int from = start + HEADER + ((headerLength + 3) & ~3);
    if (from > end) {
      throw new MalformedNetlinkException(
          "message of " + (end - start) + " bytes, want at least " + (from - start));
    }
    return new Attributes(in, from, end);
  }

  private int at(int offset, int want) {
    if (offset < 0 || offset > length() - HEADER - want) {
      throw new MalformedNetlinkException(
          "message of " + length() + " bytes, want " + want + " at " + offset + " of its header");
    }
    return start + HEADER + offset;
  }
}
