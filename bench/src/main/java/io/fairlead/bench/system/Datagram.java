package io.fairlead.bench.system;

import java.nio.ByteBuffer;
import java.util.function.IntUnaryOperator;

/** What stands in a datagram that was sent. */
final class Datagram {
  private static final int HEADER = 16; // of struct nlmsghdr
  private static final int FLAGS = 6;
  private static final int DUMP = 0x300; // NLM_F_ROOT | NLM_F_MATCH: a question

  private Datagram() {}

  /** How many messages; all of them ask for a change. */
  static int messages(ByteBuffer datagram) {
    return count(datagram, _ -> 1);
  }

  /** How many generic netlink messages with this command. */
  static int commands(ByteBuffer datagram, int command) {
    return count(datagram, at -> datagram.get(at + HEADER) == command ? 1 : 0);
  }

  /** Whether it asks for a dump. */
  static boolean isDump(ByteBuffer datagram) {
    return (datagram.getShort(datagram.position() + FLAGS) & DUMP) == DUMP;
  }

  private static int count(ByteBuffer datagram, IntUnaryOperator weight) {
    int sum = 0;
    for (int at = datagram.position(); at + HEADER <= datagram.limit(); ) {
      sum += weight.applyAsInt(at);
      at += (datagram.getInt(at) + 3) & ~3;
    }
    return sum;
  }
}
