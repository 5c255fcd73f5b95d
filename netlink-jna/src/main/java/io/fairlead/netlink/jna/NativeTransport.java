package io.fairlead.netlink.jna;

import com.sun.jna.Memory;
import io.fairlead.netlink.Transport;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The native library: one crossing sends a request and fetches its whole answer. */
final class NativeTransport implements Transport {
  private static final int INCOMING = 256 << 10; // eight full dump datagrams

  private final Channel channel;
  private final Memory pending = new Memory(Integer.BYTES);
  private int postponed; // an errno that came behind good bytes

  /** Takes over {@code fd}. The library must be {@link #missing() there}. */
  NativeTransport(int fd) {
    this.channel = new Channel(fd, INCOMING);
  }

  /** Why the native library cannot be used; empty if it can. Tried once. */
  static Optional<String> missing() {
    return Library.MISSING;
  }

  private static final class Library {
    static final Optional<String> MISSING = bind();

    private static Optional<String> bind() {
      try {
        Fairlead.bind();
        return Optional.empty();
      } catch (LinkageError e) {
        return Optional.of(String.valueOf(e.getMessage()));
      }
    }
  }

  @Override
  public ByteBuffer outgoing() {
    return channel.out().buffer();
  }

  @Override
  public ByteBuffer resizeOutgoing(int capacity) {
    return channel.resizeOut(capacity);
  }

  @Override
  public ByteBuffer incoming() {
    return channel.in().buffer();
  }

  @Override
  public int send(int length) {
    return channel.send(length);
  }

  @Override
  public int exchange(int length, int sequence) {
    postponed = 0; // it belongs to an exchange that was given up
    OffHeap in = channel.in();
    return received(
        Fairlead.fairlead_exchange(
            channel.fd(),
            channel.out().memory(),
            length,
            in.memory(),
            in.capacity(),
            sequence,
            pending));
  }

  @Override
  public int receive(int sequence) {
    if (postponed != 0) {
      return takePostponed();
    }
    OffHeap in = channel.in();
    return received(
        Fairlead.fairlead_receive(channel.fd(), in.memory(), in.capacity(), sequence, pending));
  }

  @Override
  public int receiveNow() {
    return postponed != 0 ? takePostponed() : channel.receive(Channel.MSG_DONTWAIT);
  }

  private int received(long count) {
    if (count < 0) {
      return (int) count;
    }
    postponed = pending.getInt(0);
    return channel.received(count);
  }

  private int takePostponed() {
    int errno = postponed;
    postponed = 0;
    return -errno;
  }

  @Override
  public int replyCapacity() {
    return channel.replyCapacity();
  }

  @Override
  public void close() {
    channel.close();
  }
}
