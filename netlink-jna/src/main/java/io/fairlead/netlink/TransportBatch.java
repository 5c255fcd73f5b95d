package io.fairlead.netlink;

import java.nio.ByteBuffer;
import java.util.List;

/** A {@link Batch} in the outgoing buffer of a connection. */
final class TransportBatch implements Batch {
  private static final int NLM_F_REQUEST = 1;
  private static final int NLM_F_ACK = 4;
  private static final int FLAGS_OFFSET = 6; // of nlmsg_flags in struct nlmsghdr

  private final Transport transport;
  private final MessageWriter writer;
  private final Sequence sequence;
  private final boolean oneDatagram;
  private final int messageLimit;
  private final int initialCapacity;
  private final Failures failures = new Failures();

  private boolean open; // next() began a request that is not yet ended
  private int openTag;
  private int openFlags;
  private int openStart;
  private int lastStart;
  private boolean ackWanted;
  private int ackSequence;

  TransportBatch(
      Transport transport, MessageWriter writer, Sequence sequence, boolean oneDatagram) {
    this.transport = transport;
    this.writer = writer;
    this.sequence = sequence;
    this.oneDatagram = oneDatagram;
    this.messageLimit = oneDatagram ? Integer.MAX_VALUE : transport.replyCapacity();
    this.initialCapacity = transport.outgoing().capacity();
  }

  @Override
  public MessageWriter next(int type, int flags, int tag) throws NetlinkException {
    return next(type, flags, tag, MAX_MESSAGE);
  }

  @Override
  public MessageWriter next(int type, int flags, int tag, int room) throws NetlinkException {
    endRequest();
    if (failures.count() == 0) {
      startSend(); // the connection may have been used for something else since the last send
    }
    if (failures.count() >= messageLimit || (!oneDatagram && writer.remaining() < room)) {
      flush();
    }
    makeRoom(room);
    open = true;
    openTag = tag;
    openFlags = flags;
    openStart = writer.length();
    return writer.begin(type, flags | NLM_F_REQUEST, sequence.peek());
  }

  @Override
  public List<Failure> finish() throws NetlinkException {
    endRequest();
    try {
      flush();
    } finally {
      giveRoomBack();
    }
    return failures.take();
  }

  private void giveRoomBack() {
    if (transport.outgoing().capacity() > initialCapacity) {
      writer.moveTo(transport.resizeOutgoing(initialCapacity));
    }
  }

  /** Ends the request that is being written, unless its writer took it back. */
  private void endRequest() {
    boolean written = open && writer.isOpen();
    open = false;
    if (!written) {
      return;
    }
    writer.end();
    lastStart = openStart;
    failures.add(openTag);
    int used = sequence.next();
    if ((openFlags & NLM_F_ACK) != 0) {
      askedForAck(used);
    }
  }

  private void askedForAck(int used) {
    ackWanted = true;
    ackSequence = used;
  }

  private void makeRoom(int room) throws NetlinkException {
    if (writer.remaining() >= room) {
      return;
    }
    long least = (long) writer.length() + room;
    if (least > NetlinkConnection.MAX_DATAGRAM) {
      throw new NetlinkException("a datagram of " + least + " bytes", Errno.EMSGSIZE, "too long");
    }
    int generous = (int) Math.min(NetlinkConnection.MAX_DATAGRAM, 2 * least);
    writer.moveTo(transport.resizeOutgoing(generous));
  }

  private void flush() throws NetlinkException {
    if (failures.count() == 0) {
      return;
    }
    if (!oneDatagram || !ackWanted) {
      ByteBuffer out = transport.outgoing();
      int flags = out.getShort(lastStart + FLAGS_OFFSET) | NLM_F_ACK;
      out.putShort(lastStart + FLAGS_OFFSET, (short) flags);
      askedForAck(sequence.peek() - 1);
    }
    try {
      collect();
    } catch (NetlinkException e) {
      failures.take(); // the exception stands for the whole batch; the next begins afresh
      throw e;
    } finally {
      startSend();
    }
  }

  private void startSend() {
    writer.clear();
    ackWanted = false;
    failures.startSend(sequence.peek());
  }

  /** Sends, and reads answers until the awaited ACK, or until nothing more can come. */
  private void collect() throws NetlinkException {
    int received = transport.exchange(writer.length(), ackSequence);
    while (true) {
      if (received == -Errno.ENOBUFS) {
        collectRemains();
        return;
      }
      if (received < 0) {
        throw Failed.socket("batch of " + failures.count() + " requests", received);
      }
      if (readAnswers(received)) {
        return;
      }
      received = transport.receiveNow();
      if (received == -Errno.EAGAIN) {
        // The kernel has done everything when send returns. A refused transaction need not answer
        // the request that asked for an ACK.
        if (oneDatagram && failures.any()) {
          return;
        }
        received = transport.receive(ackSequence);
      }
    }
  }

  /** After an overflow: the answers that did fit, and whatever has none is unknown. */
  private void collectRemains() throws NetlinkException {
    int received = transport.receiveNow();
    while (received != -Errno.EAGAIN) {
      if (received < 0 && received != -Errno.ENOBUFS) {
        throw Failed.socket("batch of " + failures.count() + " requests", received);
      }
      if (received > 0) {
        readAnswers(received);
      }
      received = transport.receiveNow();
    }
    failures.loseTheRest();
  }

  /** Notes failures; true if the awaited answer was among them. */
  private boolean readAnswers(int received) throws NetlinkException {
    try {
      boolean done = false;
      for (int at = 0; at < received; ) {
        Message message = new Message(transport.incoming(), at, received);
        at = message.next();
        if (message.type() == TransportConnection.NLMSG_ERROR) {
          NetlinkError error = NetlinkError.ofError(message);
          if (error.errno() != 0) {
            failures.fail(message.sequence(), error);
          }
          done |= message.sequence() == ackSequence;
        }
      }
      return done;
    } catch (MalformedNetlinkException e) {
      throw e.refused("batch of " + failures.count() + " requests");
    }
  }
}
