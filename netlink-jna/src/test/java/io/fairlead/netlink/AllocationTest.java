package io.fairlead.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Encoding allocates nothing, and a batch nothing that grows with its messages. */
class AllocationTest {
  private static final int MESSAGES = 100_000;
  private static final int ROOM = 256 << 10;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void aWrittenMessageAllocatesNothing() {
    MessageWriter out = new MessageWriter(ByteBuffer.allocateDirect(ROOM));
    encode(out);
    long before = threads.getCurrentThreadAllocatedBytes();
    encode(out);
    assertEquals(0, threads.getCurrentThreadAllocatedBytes() - before, "bytes");
  }

  @Test
  void aBatchAllocatesLessThanAByteForEachMessage() throws Exception {
    Batch batch = NetlinkConnection.over(new AcknowledgingKernel()).batch();
    send(batch);
    long before = threads.getCurrentThreadAllocatedBytes();
    send(batch);
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(bytes < MESSAGES, bytes + " bytes for " + MESSAGES + " messages");
  }

  private static void encode(MessageWriter out) {
    for (int i = 0; i < MESSAGES; i++) {
      if (out.remaining() < Batch.MAX_MESSAGE) {
        out.clear();
      }
      write(out.begin(0x20, 0, i), i);
      out.end();
    }
  }

  private static void send(Batch batch) throws NetlinkException {
    for (int i = 0; i < MESSAGES; i++) {
      write(batch.next(0x20, 0, i), i);
    }
    assertTrue(batch.finish().isEmpty());
  }

  private static void write(MessageWriter out, int i) {
    out.put32(1);
    int nest = out.openNest(1);
    out.u16Be(2, i).u32(3, i).u128Be(4, i, i).string(5, "wrr");
    out.closeNest(nest);
  }

  /** Acknowledges every datagram, and allocates nothing itself. */
  private static final class AcknowledgingKernel implements Transport {
    private static final int NLMSG_ERROR = 2;
    private static final int ACK = 20; // struct nlmsghdr and int error

    private final ByteBuffer out = ByteBuffer.allocateDirect(ROOM);
    private final ByteBuffer in = ByteBuffer.allocateDirect(1024);
    private final MessageWriter answer = new MessageWriter(in);

    @Override
    public ByteBuffer outgoing() {
      return out;
    }

    @Override
    public ByteBuffer resizeOutgoing(int capacity) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ByteBuffer incoming() {
      return in;
    }

    @Override
    public int send(int length) {
      return 0;
    }

    @Override
    public int receive(int sequence) {
      answer.clear();
      answer.begin(NLMSG_ERROR, 0, sequence).put32(0).end();
      return ACK;
    }

    @Override
    public int receiveNow() {
      return -Errno.EAGAIN;
    }

    @Override
    public int replyCapacity() {
      return 1000;
    }

    @Override
    public void close() {}
  }
}
