package io.fairlead.netlink.jna;

import io.fairlead.netlink.Transport;
import java.nio.ByteBuffer;

/** libc's send and recv through JNA: one crossing for each datagram. */
final class JnaTransport implements Transport {
  private static final int INCOMING = 64 << 10; // the kernel fills 32 KiB for a dump at most

  private final Channel channel;

  /** Takes over {@code fd}. */
  JnaTransport(int fd) {
    this.channel = new Channel(fd, INCOMING);
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
  public int receive(int sequence) {
    return channel.receive(0);
  }

  @Override
  public int receiveNow() {
    return channel.receive(Channel.MSG_DONTWAIT);
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
