package io.fairlead.netlink;

import static io.fairlead.netlink.TransportConnection.NLMSG_ERROR;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One attempt at a dump: reads it to its end whatever happens, so that the socket is free again.
 */
final class Dump<T> {
  private static final int NLMSG_DONE = 3;
  private static final int NLMSG_MIN_TYPE = 0x10; // below it: control messages
  private static final int NLM_F_DUMP_INTR = 0x10;

  private final Transport transport;
  private final int sequence;
  private final Function<Message, T> decode;
  private final List<T> result = new ArrayList<>();
  private NetlinkError verdict = NetlinkError.ACK;
  private boolean ended;

  Dump(Transport transport, int sequence, Function<Message, T> decode) {
    this.transport = transport;
    this.sequence = sequence;
    this.decode = decode;
  }

  /** Whether the same dump may well succeed when it is asked for again. */
  static boolean isWorthRepeating(NetlinkError error) {
    return switch (error.errno()) {
      case Errno.EINTR, Errno.ENOBUFS, Errno.EMSGSIZE -> true;
      default -> false;
    };
  }

  /** Sends the request and reads its answer; returns how it went. */
  NetlinkError run(String operation, int length) throws NetlinkException {
    try {
      accept(operation, transport.exchange(length, sequence));
      while (!ended) {
        accept(operation, transport.receive(sequence));
      }
      return verdict;
    } catch (MalformedNetlinkException e) {
      throw e.refused(operation);
    } finally {
      drain();
    }
  }

  /** What was decoded; only of a dump that succeeded. */
  List<T> result() {
    return result;
  }

  private void accept(String operation, int received) throws NetlinkException {
    if (received == -Errno.ENOBUFS || received == -Errno.EMSGSIZE) {
      spoil(-received, "");
      return;
    }
    if (received < 0) {
      throw Failed.socket(operation, received);
    }
    for (int at = 0; at < received && !ended; ) {
      Message message = new Message(transport.incoming(), at, received);
      at = message.next();
      if (message.sequence() == sequence) {
        accept(message);
      }
    }
  }

  private void accept(Message message) {
    if ((message.flags() & NLM_F_DUMP_INTR) != 0) {
      spoil(Errno.EINTR, "the dump was interrupted by changes");
    }
    if (message.type() == NLMSG_DONE) {
      end(NetlinkError.ofDone(message));
    } else if (message.type() == NLMSG_ERROR) {
      end(NetlinkError.ofError(message));
    } else if (message.type() >= NLMSG_MIN_TYPE && verdict.errno() == 0) {
      result.add(decode.apply(message));
    }
  }

  private void end(NetlinkError error) {
    ended = true;
    if (error.errno() != 0) {
      verdict = error;
    }
  }

  private void spoil(int errno, String why) {
    verdict = new NetlinkError(errno, why);
    result.clear();
  }

  /** A dump that is not read to its end keeps the socket busy (EBUSY for the next one). */
  private void drain() {
    while (!ended) {
      int received = transport.receiveNow();
      if (received == -Errno.ENOBUFS || received == -Errno.EMSGSIZE) {
        continue;
      }
      ended = received < 0 || containsEnd(received);
    }
  }

  private boolean containsEnd(int received) {
    try {
      for (int at = 0; at < received; ) {
        Message message = new Message(transport.incoming(), at, received);
        at = message.next();
        if (message.sequence() == sequence
            && (message.type() == NLMSG_DONE || message.type() == NLMSG_ERROR)) {
          return true;
        }
      }
      return false;
    } catch (MalformedNetlinkException _) {
      return false; // what is being thrown away need not make sense
    }
  }
}
