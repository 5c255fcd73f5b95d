package io.fairlead.netlink.jna;

import com.sun.jna.Native;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.Transport;
import java.nio.ByteBuffer;

/** libc's send and recv through JNA: one crossing for each datagram. */
final class JnaTransport implements Transport {
  private static final int MSG_TRUNC = 0x20;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int CLOSED = -1;

  static final int OUTGOING = 256 << 10;
  private static final int INCOMING = 64 << 10; // the kernel fills 32 KiB for a dump at most

  /**
   * What one error reply takes from the receive buffer at most: its bytes (36, and a sentence of
   * extended ACK) with struct sk_buff and skb_shared_info around them.
   */
  private static final int REPLY_COST = 2048;

  private int fd;
  private final int replyCapacity;
  private OffHeap out = OffHeap.of(OUTGOING);
  private OffHeap in = OffHeap.of(INCOMING);

  /** Takes over {@code fd}. */
  JnaTransport(int fd) {
    this.fd = fd;
    this.replyCapacity = replyCapacity(fd);
  }

  static int replyCapacity(int fd) {
    return Math.max(1, NetlinkSocket.receiveBuffer(fd) / REPLY_COST);
  }

  @Override
  public ByteBuffer outgoing() {
    return out.buffer();
  }

  @Override
  public ByteBuffer resizeOutgoing(int capacity) {
    OffHeap old = out;
    out = old.resized(capacity);
    old.memory().close();
    return out.buffer();
  }

  @Override
  public ByteBuffer incoming() {
    return in.buffer();
  }

  @Override
  public int send(int length) {
    while (true) {
      long sent = Libc.send(fd, out.memory(), length, 0);
      int errno = sent < 0 ? Native.getLastError() : 0;
      if (errno != Errno.EINTR) {
        return -errno;
      }
    }
  }

  @Override
  public int receive(int sequence) {
    return receiveWith(MSG_TRUNC);
  }

  @Override
  public int receiveNow() {
    return receiveWith(MSG_TRUNC | MSG_DONTWAIT);
  }

  private int receiveWith(int flags) {
    while (true) {
      long received = Libc.recv(fd, in.memory(), in.capacity(), flags);
      int errno = received < 0 ? Native.getLastError() : 0;
      if (received > in.capacity()) {
        in = OffHeap.of((int) Math.min(received * 2, Integer.MAX_VALUE));
        return -Errno.EMSGSIZE;
      }
      if (errno != Errno.EINTR) {
        return errno == 0 ? (int) received : -errno;
      }
    }
  }

  @Override
  public int replyCapacity() {
    return replyCapacity;
  }

  @Override
  public void close() {
    if (fd != CLOSED) {
      Libc.close(fd);
      fd = CLOSED;
    }
  }
}
