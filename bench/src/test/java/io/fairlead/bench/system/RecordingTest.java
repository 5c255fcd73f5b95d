package io.fairlead.bench.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetlinkConnection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file that the floor plays back; floor/replay.c reads it as it is read here. */
class RecordingTest {
  private static final int END_OF_PART = -1;
  private static final int NLM_F_DUMP = 0x300;

  private final ByteBuffer bytes = ByteBuffer.allocateDirect(1024);
  private final MessageWriter out = new MessageWriter(bytes);

  @TempDir private Path folder;

  @Test
  void eachDatagramStandsAfterItsProtocolSequenceAndLength() throws Exception {
    Path file = folder.resolve("recording");
    try (Recording recording = Recording.into(file)) {
      recording.sent(NetlinkConnection.GENERIC, datagram(0, 7), 4711, 0);
      recording.endPart();
      recording.sent(NetlinkConnection.ROUTE, datagram(NLM_F_DUMP, 8), 4712, 0);
      recording.sent(NetlinkConnection.ROUTE, datagram(0, 9), 4713, 0);
    }

    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
    assertDatagram(in, NetlinkConnection.GENERIC, 4711, datagram(0, 7));
    assertEquals(END_OF_PART, in.getInt());
    assertEquals(0, in.getInt());
    assertEquals(0, in.getInt());
    assertDatagram(in, NetlinkConnection.ROUTE, 4713, datagram(0, 9)); // a question is left out
    assertFalse(in.hasRemaining());
  }

  @Test
  void anEarlierRecordingIsOverwritten() throws Exception {
    Path file = folder.resolve("recording");
    for (int length : new int[] {100, 3}) {
      try (Recording recording = Recording.into(file)) {
        for (int i = 0; i < length; i++) {
          recording.endPart();
        }
      }
    }
    assertEquals(3 * 12, Files.size(file));
  }

  private static void assertDatagram(
      ByteBuffer in, int protocol, int sequence, ByteBuffer datagram) {
    assertEquals(protocol, in.getInt());
    assertEquals(sequence, in.getInt());
    int length = in.getInt();
    assertEquals(datagram, in.slice(in.position(), length));
    in.position(in.position() + length);
  }

  private ByteBuffer datagram(int flags, int payload) {
    out.clear();
    out.begin(0x20, flags, 1).put32(payload).end();
    return bytes.duplicate().order(bytes.order()).position(0).limit(out.length());
  }
}
