package io.fairlead.netlink;

import java.io.Closeable;
import java.nio.ByteBuffer;

/**
 * Datagrams to and from the kernel: the whole seam between the protocol and C. It owns one buffer
 * for each direction, and it neither reads nor writes messages. Used by one thread at a time.
 *
 * <p>Calls answer with a count of bytes, or with a negative errno; an interrupted call (EINTR) is
 * made again inside. Received bytes are one or more datagrams laid end to end, each starting at a
 * multiple of four: so they read as one run of messages, and a transport may fetch a whole answer
 * at once.
 */
public interface Transport extends Closeable {
  /** The buffer that is sent from; it stays the same until {@link #resizeOutgoing}. */
  ByteBuffer outgoing();

  /**
   * Replaces the outgoing buffer by one of {@code capacity} bytes with the same beginning, and
   * frees the old one: nobody may touch that again.
   */
  ByteBuffer resizeOutgoing(int capacity);

  /** The buffer that was received into last. */
  ByteBuffer incoming();

  /** Sends the first {@code length} bytes as one datagram. */
  int send(int length);

  /**
   * Waits for at least one datagram. Fetches more if it can do so cheaply, but nothing that comes
   * after the end (NLMSG_DONE, NLMSG_ERROR) of the answer to {@code sequence}.
   *
   * @return -EAGAIN if nothing came in the time that the socket was opened with; -EMSGSIZE if a
   *     datagram was longer than the buffer, which is lost, and the buffer has grown for the next
   */
  int receive(int sequence);

  /** Fetches one datagram that is there already; -EAGAIN if none is. */
  int receiveNow();

  /** {@link #send}, and if it succeeds {@link #receive}. */
  default int exchange(int length, int sequence) {
    int sent = send(length);
    return sent < 0 ? sent : receive(sequence);
  }

  /** How many error replies the socket certainly holds before it has to drop one (ENOBUFS). */
  int replyCapacity();

  @Override
  void close();
}
