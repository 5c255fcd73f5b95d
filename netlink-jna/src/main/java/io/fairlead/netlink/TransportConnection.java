package io.fairlead.netlink;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** The netlink protocol over any {@link Transport}: sequence numbers, ACKs, errors and dumps. */
final class TransportConnection implements NetlinkConnection {
  static final int NLMSG_ERROR = 2;
  private static final int NLMSG_MIN_TYPE = 0x10; // below it: control messages
  private static final int NLM_F_REQUEST = 0x1;
  private static final int NLM_F_ACK = 0x4;
  private static final int NLM_F_DUMP = 0x300;
  private static final int FLAGS_OFFSET = 6; // of nlmsg_flags in struct nlmsghdr

  private static final int DUMP_ATTEMPTS = 10;

  private final Transport transport;
  private final MessageWriter writer;
  private final Sequence sequence = new Sequence();

  TransportConnection(Transport transport) {
    this.transport = transport;
    this.writer = new MessageWriter(transport.outgoing());
  }

  @Override
  public MessageWriter request(int type, int flags) {
    writer.clear();
    return writer.begin(type, flags | NLM_F_REQUEST, sequence.peek());
  }

  @Override
  public void execute(String operation) throws NetlinkException {
    get(operation, _ -> {});
  }

  @Override
  public void get(String operation, Consumer<Message> answer) throws NetlinkException {
    int length = finishRequest(NLM_F_ACK);
    int expected = sequence.next();
    int received = transport.exchange(length, expected);
    while (!readAnswer(operation, received, expected, answer)) {
      received = transport.receive(expected);
    }
  }

  @Override
  public <T> List<T> dump(String operation, Function<Message, T> decode) throws NetlinkException {
    int length = finishRequest(NLM_F_DUMP);
    for (int attempt = 1; ; attempt++) {
      int expected = sequence.next();
      transport.outgoing().putInt(8, expected);
      Dump<T> dump = new Dump<>(transport, expected, decode);
      NetlinkError error = dump.run(operation, length);
      if (error.errno() == 0) {
        return dump.result();
      }
      if (!Dump.isWorthRepeating(error) || attempt == DUMP_ATTEMPTS) {
        throw Failed.refused(operation, error);
      }
    }
  }

  @Override
  public Batch batch() {
    return new TransportBatch(transport, writer, sequence, false);
  }

  @Override
  public Batch transaction() {
    return new TransportBatch(transport, writer, sequence, true);
  }

  @Override
  public void close() {
    transport.close();
  }

  private int finishRequest(int flags) {
    if (!writer.isOpen()) {
      throw new IllegalStateException("no request was started");
    }
    writer.end();
    ByteBuffer out = transport.outgoing();
    out.putShort(FLAGS_OFFSET, (short) (out.getShort(FLAGS_OFFSET) | flags));
    return writer.length();
  }

  /** Hands out what belongs to the request; true once its ACK was among it. */
  private boolean readAnswer(String operation, int received, int expected, Consumer<Message> answer)
      throws NetlinkException {
    if (received < 0) {
      throw Failed.socket(operation, received);
    }
    try {
      for (int at = 0; at < received; ) {
        Message message = new Message(transport.incoming(), at, received);
        at = message.next();
        if (message.sequence() != expected) {
          continue; // an answer to a request that was given up
        }
        if (message.type() == NLMSG_ERROR) {
          NetlinkError error = NetlinkError.ofError(message);
          if (error.errno() != 0) {
            throw Failed.refused(operation, error);
          }
          return true;
        }
        if (message.type() >= NLMSG_MIN_TYPE) {
          answer.accept(message);
        }
      }
      return false;
    } catch (MalformedNetlinkException e) {
      throw e.refused(operation);
    }
  }
}
