package io.fairlead.bench.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetlinkConnection;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What is read from the bytes that are sent. */
class DatagramTest {
  private static final int FAMILY = 0x20;
  private static final int NLM_F_REQUEST = 1;
  private static final int NLM_F_ACK = 4;
  private static final int NLM_F_DUMP = 0x300;

  private final ByteBuffer bytes = ByteBuffer.allocateDirect(1024);
  private final MessageWriter out = new MessageWriter(bytes);

  /** A generic netlink message; the command is followed by so many bytes. */
  private void message(int flags, int command, int more) {
    out.begin(FAMILY, NLM_F_REQUEST | flags, 1).put8(command).put8(1).put16(0);
    for (int i = 0; i < more; i++) {
      out.put8(0xff);
    }
    out.end();
  }

  private ByteBuffer sent() {
    return bytes.duplicate().order(bytes.order()).position(0).limit(out.length());
  }

  @Test
  void messagesAreCountedWhateverTheirLength() {
    message(0, 5, 0);
    message(0, 5, 3);
    message(NLM_F_ACK, 1, 8);

    assertEquals(3, Datagram.messages(sent()));
  }

  @Test
  void aDatagramNeedNotBeginWhereItsBufferDoes() {
    message(0, 5, 0);
    message(0, 5, 0);
    message(0, 6, 0);

    ByteBuffer withoutTheFirst = sent().position(20);
    assertEquals(2, Datagram.messages(withoutTheFirst));
    assertEquals(1, Datagram.commands(withoutTheFirst, 5));
  }

  @Test
  void commandsAreCountedByTheirNumber() {
    message(0, 5, 0);
    message(0, 6, 3);
    message(0, 5, 8);

    assertEquals(2, Datagram.commands(sent(), 5));
    assertEquals(0, Datagram.commands(sent(), 1));
  }

  @Test
  void aDumpIsAQuestion() {
    message(NLM_F_DUMP, 8, 0);
    assertTrue(Datagram.isDump(sent()));

    out.clear();
    message(NLM_F_ACK | 0x200, 8, 0); // NLM_F_EXCL, in a request that creates
    assertFalse(Datagram.isDump(sent()));
  }

  @Test
  void aTallyCountsWhatChangesSomethingAndNoQuestions() {
    Tally tally = new Tally();
    message(0, 5, 0);
    message(NLM_F_ACK, 5, 0);
    tally.sent(NetlinkConnection.GENERIC, sent(), 1, 10);
    tally.sent(NetlinkConnection.NETFILTER, sent(), 1, 20);
    out.clear();
    message(NLM_F_DUMP, 8, 0);
    tally.sent(NetlinkConnection.GENERIC, sent(), 1, 30);

    assertEquals(2, tally.messages());
    assertEquals(1, tally.transactions());
    assertEquals(20, tally.lastWrite());
  }
}
