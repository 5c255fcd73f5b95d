package io.fairlead.bench.code;

import io.fairlead.netlink.Errno;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.Transport;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A kernel that says yes to whatever it is sent, and does nothing: what remains is our own work. It
 * allocates nothing itself.
 */
final class AgreeableKernel implements Transport {
  private static final int ROOM = 64 << 10; // of the real transports' buffers
  private static final int ANSWER = 1024;
  private static final int REPLIES = 10_000;
  private static final int NLMSG_ERROR = 2; // with errno 0, an ACK
  private static final int GENL_ID_CTRL = 0x10;
  private static final int CTRL_CMD_NEWFAMILY = 1;
  private static final int CTRL_CMD_GETFAMILY = 3;
  private static final int CTRL_ATTR_FAMILY_ID = 1;
  private static final int FAMILY = 0x20;

  private ByteBuffer out = buffer(ROOM);
  private final ByteBuffer in = buffer(ANSWER);
  private final MessageWriter answer = new MessageWriter(in);
  private int acknowledged;
  private long bytes;

  /** The sequence number that was acknowledged last; messages are numbered one by one. */
  int acknowledged() {
    return acknowledged;
  }

  /** How much it was sent. */
  long bytes() {
    return bytes;
  }

  @Override
  public ByteBuffer outgoing() {
    return out;
  }

  @Override
  public ByteBuffer resizeOutgoing(int capacity) {
    ByteBuffer other = buffer(capacity);
    other.put(0, out, 0, Math.min(capacity, out.capacity()));
    out = other;
    return out;
  }

  @Override
  public ByteBuffer incoming() {
    return in;
  }

  @Override
  public int send(int length) {
    bytes += length;
    return 0;
  }

  @Override
  public int receive(int sequence) {
    acknowledged = sequence;
    answer.clear();
    if (asksForFamily()) {
      answer.begin(GENL_ID_CTRL, 0, sequence).put8(CTRL_CMD_NEWFAMILY).put8(1).put16(0);
      answer.u16(CTRL_ATTR_FAMILY_ID, FAMILY).end();
    }
    answer.begin(NLMSG_ERROR, 0, sequence).put32(0).end();
    return answer.length();
  }

  private boolean asksForFamily() {
    return out.getShort(Integer.BYTES) == GENL_ID_CTRL
        && out.get(MessageWriter.HEADER) == CTRL_CMD_GETFAMILY;
  }

  @Override
  public int receiveNow() {
    return -Errno.EAGAIN;
  }

  @Override
  public int replyCapacity() {
    return REPLIES;
  }

  @Override
  public void close() {}

  private static ByteBuffer buffer(int capacity) {
    return ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
  }
}
