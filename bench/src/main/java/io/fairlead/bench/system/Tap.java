package io.fairlead.bench.system;

import io.fairlead.netlink.Transport;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A transport that shows all that is sent to a listener, when the kernel has done it. */
final class Tap implements Transport {
  /** Is told of each datagram, on the thread that sent it. */
  interface Listener {
    /**
     * The kernel has done what was sent.
     *
     * @param datagram from its position to its limit, in native order; valid during the call only
     * @param sequence of the message whose answer says that all before it is done
     * @param ended when, in nanoseconds of {@link System#nanoTime}
     */
    void sent(int protocol, ByteBuffer datagram, int sequence, long ended);
  }

  private final Transport real;
  private final int protocol;
  private final Listener listener;

  Tap(Transport real, int protocol, Listener listener) {
    this.real = real;
    this.protocol = protocol;
    this.listener = listener;
  }

  @Override
  public int exchange(int length, int sequence) {
    int received = real.exchange(length, sequence);
    long ended = System.nanoTime();
    ByteBuffer datagram = real.outgoing().duplicate().order(ByteOrder.nativeOrder());
    listener.sent(protocol, datagram.position(0).limit(length), sequence, ended);
    return received;
  }

  @Override
  public ByteBuffer outgoing() {
    return real.outgoing();
  }

  @Override
  public ByteBuffer resizeOutgoing(int capacity) {
    return real.resizeOutgoing(capacity);
  }

  @Override
  public ByteBuffer incoming() {
    return real.incoming();
  }

  @Override
  public int send(int length) {
    return real.send(length);
  }

  @Override
  public int receive(int sequence) {
    return real.receive(sequence);
  }

  @Override
  public int receiveNow() {
    return real.receiveNow();
  }

  @Override
  public int replyCapacity() {
    return real.replyCapacity();
  }

  @Override
  public void close() {
    real.close();
  }
}
