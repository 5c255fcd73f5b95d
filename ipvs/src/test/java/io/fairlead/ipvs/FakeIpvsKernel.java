package io.fairlead.ipvs;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.Transport;
import io.fairlead.netlink.generic.GenericFamily;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * A kernel with generic netlink and IPVS, as seen through a socket: bytes in, bytes out. It speaks
 * as af_netlink.c and genetlink.c do, and {@link FakeIpvsTable} decides as ip_vs_ctl.c does. {@link
 * IpvsContract} holds it to what the real one says.
 */
public final class FakeIpvsKernel implements Transport {
  static final int FAMILY = 0x21;

  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;
  private static final int NLM_F_MULTI = 2;
  private static final int NLM_F_ACK = 4;
  private static final int NLM_F_CAPPED = 0x100; // only the header of the request comes back
  private static final int NLM_F_DUMP = 0x300;
  private static final int GENL_ID_CTRL = 16;
  private static final int CTRL_ATTR_FAMILY_ID = 1;
  private static final int CTRL_ATTR_FAMILY_NAME = 2;
  private static final int CTRL_ATTR_VERSION = 3;

  private final FakeIpvsTable table = new FakeIpvsTable();
  private final Deque<byte[]> answers = new ArrayDeque<>();
  private final ByteBuffer scratch = ByteBuffer.allocate(64 << 10);
  private ByteBuffer outgoing = ByteBuffer.allocate(256 << 10);
  private ByteBuffer incoming = ByteBuffer.allocate(0);
  private byte[] lastSent = new byte[0];
  private int dumps;
  private boolean loaded = true;
  private boolean permitted = true;
  private Consumer<byte[]> corruption = _ -> {};

  /** What the kernel holds, for tests to look at and to interfere with. */
  FakeIpvsTable table() {
    return table;
  }

  public NetlinkConnection connect() {
    return NetlinkConnection.over(this);
  }

  /** Takes the module ip_vs out of the kernel. */
  void unload() {
    loaded = false;
  }

  /** Takes CAP_NET_ADMIN from the caller. */
  void forbid() {
    permitted = false;
  }

  /** Lets {@code corruption} at every datagram that the kernel sends from now on. */
  void corrupt(Consumer<byte[]> corruption) {
    this.corruption = corruption;
  }

  /** A copy of the last datagram that was sent to the kernel. */
  byte[] lastSent() {
    return lastSent.clone();
  }

  @Override
  public ByteBuffer outgoing() {
    return outgoing;
  }

  @Override
  public ByteBuffer resizeOutgoing(int capacity) {
    outgoing = ByteBuffer.wrap(Arrays.copyOf(outgoing.array(), capacity));
    return outgoing;
  }

  @Override
  public ByteBuffer incoming() {
    return incoming;
  }

  @Override
  public int send(int length) {
    lastSent = Arrays.copyOf(outgoing.array(), length);
    for (int at = 0; at < length; ) {
      Message message = new Message(outgoing, at, length);
      at = message.next();
      answer(message);
    }
    return 0;
  }

  @Override
  public int receive(int sequence) {
    return receiveNow();
  }

  @Override
  public int receiveNow() {
    byte[] answer = answers.poll();
    if (answer == null) {
      return -Errno.EAGAIN;
    }
    corruption.accept(answer);
    incoming = ByteBuffer.wrap(answer);
    return answer.length;
  }

  @Override
  public int replyCapacity() {
    return 1000;
  }

  @Override
  public void close() {}

  private void answer(Message request) {
    boolean dump = (request.flags() & NLM_F_DUMP) == NLM_F_DUMP;
    int errno = dump ? dump(request) : execute(request);
    if (errno != 0 || (!dump && (request.flags() & NLM_F_ACK) != 0)) {
      reply(
          NLMSG_ERROR,
          NLM_F_CAPPED,
          request,
          out -> out.put32(-errno).put32(request.length()).put32(0).put32(0).put32(0));
    }
  }

  private int execute(Message request) {
    if (request.type() == GENL_ID_CTRL) {
      return lookUp(request);
    }
    if (request.type() != FAMILY || !loaded) {
      return Errno.ENOENT; // genl_family_rcv_msg
    }
    if (!permitted) {
      return Errno.EPERM;
    }
    return switch (request.u8(0)) {
      case Abi.CMD_GET_INFO -> reply(FAMILY, 0, request, FakeIpvsTable::writeInfo);
      case Abi.CMD_GET_CONFIG -> reply(FAMILY, 0, request, table::writeTimeouts);
      case Abi.CMD_GET_DEST -> Errno.EOPNOTSUPP; // it has no doit
      case Abi.CMD_GET_SERVICE ->
          table.find(request).map(found -> reply(FAMILY, 0, request, found)).orElse(Errno.ESRCH);
      default -> table.execute(request);
    };
  }

  /** How many dumps were asked for. */
  int dumps() {
    return dumps;
  }

  private int dump(Message request) {
    dumps++;
    if (request.type() != FAMILY || !loaded) {
      return Errno.ENOENT;
    }
    if (!permitted) {
      return Errno.EPERM;
    }
    switch (request.u8(0)) {
      case Abi.CMD_GET_SERVICE -> replyEach(request, table.services());
      case Abi.CMD_GET_DEST -> replyEach(request, table.destinations(request));
      default -> {
        return Errno.EOPNOTSUPP;
      }
    }
    return 0;
  }

  private int lookUp(Message request) {
    Attributes in = request.attributes(GenericFamily.HEADER);
    boolean found =
        in.next() && in.type() == CTRL_ATTR_FAMILY_NAME && in.string().equals(Abi.FAMILY);
    return found && loaded
        ? reply(GENL_ID_CTRL, 0, request, FakeIpvsKernel::writeFamily)
        : Errno.ENOENT;
  }

  private static void writeFamily(MessageWriter out) {
    out.put8(1).put8(2).put16(0).string(CTRL_ATTR_FAMILY_NAME, Abi.FAMILY);
    out.u16(CTRL_ATTR_FAMILY_ID, FAMILY).u32(CTRL_ATTR_VERSION, 1);
  }

  /** Each part in a datagram of its own, so that nothing can rely on their coming together. */
  private void replyEach(Message request, List<Consumer<MessageWriter>> parts) {
    parts.forEach(part -> reply(FAMILY, NLM_F_MULTI, request, part));
    reply(NLMSG_DONE, NLM_F_MULTI, request, out -> out.put32(0));
  }

  private int reply(int type, int flags, Message request, Consumer<MessageWriter> body) {
    scratch.clear();
    MessageWriter out = new MessageWriter(scratch);
    out.begin(type, flags, request.sequence());
    body.accept(out);
    out.end();
    answers.add(Arrays.copyOf(scratch.array(), out.length()));
    return 0;
  }
}
