package io.fairlead.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;

/**
 * A kernel that is a function: from the requests of one datagram to what the socket gives in
 * return. What is not read stays queued for later, as in a real socket; an empty queue is EAGAIN,
 * as a timeout is.
 */
final class FakeKernel implements Transport {
  /** One thing that a receive call can come back with. */
  sealed interface Reply {
    record Datagram(ByteBuffer bytes) implements Reply {}

    record Failure(int errno) implements Reply {}
  }

  /** A request as it arrived. */
  record Request(int type, int flags, int sequence, ByteBuffer bytes) {}

  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;
  private static final int NLM_F_CAPPED = 0x100;
  private static final int NLM_F_ACK_TLVS = 0x200;
  private static final int NLMSGERR_ATTR_MSG = 1;
  private static final int NLMSGERR_ATTR_OFFS = 2;

  private final Function<List<Request>, List<Reply>> answer;
  private final int replyCapacity;
  private final Queue<Reply> queue = new ArrayDeque<>();
  private final List<List<Request>> sent = new ArrayList<>();
  private final ByteBuffer in = buffer(64 << 10);
  private ByteBuffer out;

  FakeKernel(Function<List<Request>, List<Reply>> answer) {
    this(16 << 10, 1000, answer);
  }

  FakeKernel(int outgoing, int replyCapacity, Function<List<Request>, List<Reply>> answer) {
    this.out = buffer(outgoing);
    this.replyCapacity = replyCapacity;
    this.answer = answer;
  }

  /** The datagrams that were sent so far. */
  List<List<Request>> sent() {
    return sent;
  }

  /** Bytes of the outgoing buffer. */
  int capacity() {
    return out.capacity();
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
    List<Request> requests = new ArrayList<>();
    for (int at = 0; at < length; ) {
      Message message = new Message(out, at, length);
      ByteBuffer bytes = buffer(message.length()).put(0, out, at, message.length());
      requests.add(new Request(message.type(), message.flags(), message.sequence(), bytes));
      at = message.next();
    }
    sent.add(requests);
    queue.addAll(answer.apply(requests));
    return 0;
  }

  @Override
  public int receive(int sequence) {
    return receiveNow();
  }

  @Override
  public int receiveNow() {
    return switch (queue.poll()) {
      case null -> -Errno.EAGAIN;
      case Reply.Failure(int errno) -> -errno;
      case Reply.Datagram(ByteBuffer bytes) -> {
        in.put(0, bytes, 0, bytes.limit());
        yield bytes.limit();
      }
    };
  }

  @Override
  public int replyCapacity() {
    return replyCapacity;
  }

  @Override
  public void close() {
    queue.clear();
  }

  static Reply failure(int errno) {
    return new Reply.Failure(errno);
  }

  /** A message whose payload is one number in host order. */
  static Reply message(int type, int flags, int sequence, int payload) {
    return new Reply.Datagram(header(20, type, flags, sequence).putInt(payload).flip());
  }

  static Reply ack(Request request) {
    return error(request, 0, "");
  }

  /** An NLMSG_ERROR with the request's header only, and the kernel's words if there are any. */
  static Reply error(Request request, int errno, String words) {
    ByteBuffer bytes = buffer(512);
    MessageWriter out = new MessageWriter(bytes);
    int flags = NLM_F_CAPPED | (words.isEmpty() ? 0 : NLM_F_ACK_TLVS);
    out.begin(NLMSG_ERROR, flags, request.sequence()).put32(-errno);
    putHeader(out, request);
    if (!words.isEmpty()) {
      out.string(NLMSGERR_ATTR_MSG, words);
    }
    out.end();
    return new Reply.Datagram(bytes.flip());
  }

  /** The same, echoing the whole request as sockets without NETLINK_CAP_ACK get it. */
  static Reply echoingError(Request request, int errno, String words, int offset) {
    ByteBuffer bytes = buffer(512);
    MessageWriter out = new MessageWriter(bytes);
    out.begin(NLMSG_ERROR, NLM_F_ACK_TLVS, request.sequence()).put32(-errno);
    for (int i = 0; i < request.bytes().limit(); i++) {
      out.put8(request.bytes().get(i));
    }
    out.string(NLMSGERR_ATTR_MSG, words).u32(NLMSGERR_ATTR_OFFS, offset);
    out.end();
    return new Reply.Datagram(bytes.flip());
  }

  static Reply done(Request request, int flags, int errno) {
    return message(NLMSG_DONE, flags, request.sequence(), -errno);
  }

  static Reply bytes(int... bytes) {
    ByteBuffer copy = buffer(bytes.length);
    for (int b : bytes) {
      copy.put((byte) b);
    }
    return new Reply.Datagram(copy.flip());
  }

  /** Several datagrams as one receive call returns them, when a transport fetches many at once. */
  static Reply joined(Reply... parts) {
    ByteBuffer whole = buffer(4096);
    for (Reply part : parts) {
      if (part instanceof Reply.Datagram(ByteBuffer bytes)) {
        whole.put(bytes.duplicate());
      }
    }
    return new Reply.Datagram(whole.flip());
  }

  private static void putHeader(MessageWriter out, Request request) {
    out.put32(request.bytes().limit()).put16(request.type()).put16(request.flags());
    out.put32(request.sequence()).put32(0);
  }

  private static ByteBuffer header(int length, int type, int flags, int sequence) {
    return buffer(length)
        .putInt(length)
        .putShort((short) type)
        .putShort((short) flags)
        .putInt(sequence)
        .putInt(0);
  }

  private static ByteBuffer buffer(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.nativeOrder());
  }
}
