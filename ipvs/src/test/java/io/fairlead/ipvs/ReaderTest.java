package io.fairlead.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.core.dataplane.Connections;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.netlink.MalformedNetlinkException;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.MessageWriter;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Answers of kernels that differ from the one that tests usually meet. */
class ReaderTest {
  @Test
  void connectionCountsAreUnsigned() {
    var reader = RealServerReader.of(realServer(_ -> {}));

    assertEquals(new Connections(3, 2, 0xffff_ffffL), reader.connections());
  }

  @Test
  void aRealServerWithoutAFamilyHasItsVirtualServers() {
    var reader = RealServerReader.of(realServer(_ -> {}));

    assertEquals(new RealServer(IpAddress.parse("10.244.1.7"), 8080), reader.server(Family.IPV4));
    assertEquals(RealServerOptions.masquerade(1), reader.options());
  }

  @Test
  void aKernelWithoutTheWideStatisticsGivesTheNarrowOnes() {
    var reader = RealServerReader.withStatistics(realServer(out -> narrow(out, 1)));

    assertEquals(
        new Statistics(
            new Statistics.Counters(1, 2, 3, 4L << 32, 5L << 32),
            new Statistics.Counters(6, 7, 8, 9, 10)),
        reader.status().statistics());
  }

  @Test
  void theWideStatisticsWinWhicheverComesFirst() {
    var last = RealServerReader.withStatistics(realServer(out -> wide(narrow(out, 1), 100)));
    var first = RealServerReader.withStatistics(realServer(out -> narrow(wide(out, 100), 1)));

    var want =
        new Statistics(
            new Statistics.Counters(100, 200, 300, 400, 500),
            new Statistics.Counters(600, 700, 800, 900, 1000));
    assertEquals(want, last.status().statistics());
    assertEquals(want, first.status().statistics());
  }

  @Test
  void whatIsMissingIsNamedAndNotTakenForZero() {
    var reader = RealServerReader.of(message(out -> out.closeNest(out.openNest(2))));

    var e = assertThrows(MalformedNetlinkException.class, () -> reader.server(Family.IPV4));
    assertEquals("real server without attribute 1", e.getMessage());
    assertThrows(MalformedNetlinkException.class, reader::options);
    assertThrows(MalformedNetlinkException.class, reader::connections);
    assertThrows(MalformedNetlinkException.class, () -> VirtualServerReader.of(message(_ -> {})));
  }

  private static Message realServer(Consumer<MessageWriter> statistics) {
    return message(out -> {
      int nest = out.openNest(2);
      out.u128Be(1, 0x0af4_0107_0000_0000L, 0).u16Be(2, 8080);
      out.u32(3, 0).u32(4, 1).u32(5, 0).u32(6, 0).u32(7, 3).u32(8, 2).u32(9, -1);
      statistics.accept(out);
      out.closeNest(nest);
    });
  }

  private static MessageWriter narrow(MessageWriter out, int factor) {
    int nest = out.openNest(10);
    for (int type = 1; type <= 10; type++) {
      if (type == 4 || type == 5) { // bytes have 64 bits here too
        out.u64(type, ((long) type * factor) << 32);
      } else {
        out.u32(type, type * factor);
      }
    }
    out.closeNest(nest);
    return out;
  }

  private static MessageWriter wide(MessageWriter out, long factor) {
    int nest = out.openNest(12);
    for (int type = 1; type <= 10; type++) {
      out.u64(type, type * factor);
    }
    out.closeNest(nest);
    return out;
  }

  private static Message message(Consumer<MessageWriter> body) {
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    MessageWriter out = new MessageWriter(buffer);
    out.begin(FakeIpvsKernel.FAMILY, 0, 1).put32(0);
    body.accept(out);
    out.end();
    return new Message(buffer, 0, out.length());
  }
}
