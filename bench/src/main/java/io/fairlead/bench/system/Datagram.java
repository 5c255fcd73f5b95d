package io.fairlead.bench.system;

import io.fairlead.netlink.NetlinkConnection;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/** What stands in a datagram that was sent. */
final class Datagram {
  private static final int HEADER = 16; // of struct nlmsghdr
  private static final int TYPE = 4;
  private static final int FLAGS = 6;
  private static final int DUMP = 0x300; // NLM_F_ROOT | NLM_F_MATCH: a question
  private static final int NFT_GETGEN = 10 << 8 | 16; // NFNL_SUBSYS_NFTABLES, NFT_MSG_GETGEN

  /** IPVS_CMD_GET_SERVICE, GET_DEST, GET_CONFIG, GET_INFO. */
  private static final Set<Integer> IPVS_QUESTIONS = Set.of(4, 8, 13, 15);

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

  /** Whether it asks for something to be told, and for nothing to be changed. */
  static boolean isQuestion(int protocol, ByteBuffer datagram) {
    int type = Short.toUnsignedInt(datagram.getShort(datagram.position() + TYPE));
    return isDump(datagram)
        || switch (protocol) {
          case NetlinkConnection.ROUTE -> (type & 3) == 2; // RTM_GET…
          case NetlinkConnection.NETFILTER -> type == NFT_GETGEN;
          case NetlinkConnection.GENERIC ->
              IPVS_QUESTIONS.contains((int) datagram.get(datagram.position() + HEADER));
          default -> false;
        };
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
