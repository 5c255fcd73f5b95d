package io.fairlead.netlink.jna;

import com.sun.jna.Native;
import io.fairlead.netlink.Errno;
import java.nio.ByteBuffer;

/** A socket and its two buffers: what every transport has. Not thread-safe. */
final class Channel {
  static final int MSG_TRUNC = 0x20; // recv returns the true length
  static final int MSG_DONTWAIT = 0x40;

  private static final int CLOSED = -1;
  private static final int OUTGOING = 256 << 10;

  /**
   * What one error reply takes from the receive buffer at most, in bytes: itself (36, and a
   * sentence of extended ACK) with struct sk_buff and skb_shared_info around it.
   */
  private static final int REPLY_COST = 2048;

  private int fd;
  private final int replyCapacity;
  private OffHeap out = OffHeap.of(OUTGOING);
  private OffHeap in;

  /** Takes over {@code fd}. */
  Channel(int fd, int incoming) {
    this.fd = fd;
    this.in = OffHeap.of(incoming);
    this.replyCapacity = Math.max(1, NetlinkSocket.receiveBuffer(fd) / REPLY_COST);
  }

  int fd() {
    return fd;
  }

  OffHeap out() {
    return out;
  }

  OffHeap in() {
    return in;
  }

  int replyCapacity() {
    return replyCapacity;
  }

  ByteBuffer resizeOut(int capacity) {
    OffHeap old = out;
    out = old.resized(capacity);
    old.memory().close();
    return out.buffer();
  }

  int send(int length) {
    while (true) {
      long sent = Libc.send(fd, out.memory(), length, 0);
      int errno = sent < 0 ? Native.getLastError() : 0;
      if (errno != Errno.EINTR) {
        return -errno;
      }
    }
  }

  /** One datagram from the start of the incoming buffer. */
  int receive(int flags) {
    while (true) {
      long received = Libc.recv(fd, in.memory(), in.capacity(), MSG_TRUNC | flags);
      int errno = received < 0 ? Native.getLastError() : 0;
      if (errno != Errno.EINTR) {
        return errno == 0 ? received(received) : -errno;
      }
    }
  }

  /** Judges a count of received bytes; makes the buffer longer if a datagram was cut off. */
  int received(long count) {
    if (count > in.capacity()) {
      in = OffHeap.of((int) Math.min(2 * count, Integer.MAX_VALUE));
      return -Errno.EMSGSIZE;
    }
    return count == 0 ? -Errno.EBADMSG : (int) count;
  }

  void close() {
    if (fd != CLOSED) {
      Libc.close(fd);
      fd = CLOSED;
    }
  }
}
