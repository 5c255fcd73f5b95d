package io.fairlead.ipvs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of /proc/net/ip_vs, as ip_vs_info_seq_show prints it, and as nobody does. */
class ListingReaderTest {
  private static final String HEADER =
      """
      IP Virtual Server version 1.2.1 (size=4096)
      Prot LocalAddress:Port Scheduler Flags
        -> RemoteAddress:Port Forward Weight ActiveConn InActConn
      """;

  /** Captured from Debian's 6.1, trailing blanks and all. */
  private static final String CAPTURED =
      HEADER
          + "TCP  0A60000A:0050 wrr  persistent 10800 FFFFFF00\n"
          + "  -> 0AF40108:1F90      Masq    0      0          0         \n"
          + "  -> 0AF40107:1F90      Masq    3      12         4096      \n"
          + "UDP  0A60000A:0035 sh  ops \n"
          + "SCTP  0A60000A:0F1C mh  \n"
          + "  -> 0AF40107:1F90      Tunnel  1      0          0         \n"
          + "TCP  [fd00:0096:0000:0000:0000:0000:0000:000a]:0050 lc persistent 300 00000040\n"
          + "  -> [fd00:0244:0000:0000:0000:0000:0000:0007]:1F90      Route   1      0          0  \n"
          + "FWM  80000001 rr \n"
          + "  -> 0AF40107:0000      Local   1      0          0         \n"
          + "IP_51  0A60000A:0000 rr  \n"
          + "FWM  00000001 nq ops \n";

  @Test
  void everyKindOfLineIsRead() throws IOException {
    assertEquals(
        List.of(
            "TCP 10.96.0.10:80",
            "> 10.244.1.8:8080 by 0 weight 0",
            "> 10.244.1.7:8080 by 0 weight 3",
            "UDP 10.96.0.10:53",
            "SCTP 10.96.0.10:3868",
            "> 10.244.1.7:8080 by 2 weight 1",
            "TCP [fd00:96::a]:80",
            "> fd00:244::7:8080 by 3 weight 1",
            "mark 80000001",
            "> 10.244.1.7:0 by 1 weight 1",
            "foreign",
            "mark 1",
            "end"),
        read(CAPTURED));
  }

  @Test
  void anEmptyTableIsAHeader() throws IOException {
    assertEquals(List.of("end"), read(HEADER));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 4096})
  void whereAReadEndsMakesNoDifference(int most) throws IOException {
    assertEquals(read(CAPTURED), read(inPieces(CAPTURED, most)));
  }

  @Test
  void aListingLongerThanTheBufferIsRead() throws IOException {
    String line = "  -> 0AF40107:1F90      Masq    1      0          0         \n";
    assertEquals(
        20_000 + 2, read(HEADER + "TCP  0A60000A:0050 rr  \n" + line.repeat(20_000)).size());
  }

  record Bad(String lines, String complaint) {}

  static Stream<Bad> bad() {
    return Stream.of(
        new Bad("TCP  0A60000:0050 rr\n", "no hexadecimal digit at 12"),
        new Bad("TCP  0A60000A;0050 rr\n", "no ':' at 13"),
        new Bad("TCP  0A60000A:50 rr\n", "no hexadecimal digit at 16"),
        new Bad("TCP  [fd00:96::a]:0050 rr\n", "no hexadecimal digit at 13"),
        new Bad("TCP  \n", "no hexadecimal digit at 5"),
        new Bad("FWM  1\n", "no hexadecimal digit at 6"),
        new Bad("\n", "neither a virtual nor a real server"),
        new Bad("QUIC 0A60000A:0050 rr\n", "neither a virtual nor a real server"),
        new Bad("  -> 0AF40107:1F90      Masq    1      0          0\n", "a real server of none"),
        new Bad("FWM  00000001 rr\n  -> 0AF40107:1F90      Masq\n", "no number at 28"),
        new Bad("FWM  00000001 rr\n  -> 0AF40107:1F90      Masq    -1 0 0\n", "no number at 32"),
        new Bad("FWM  00000001 rr\n  -> 0AF40107:1F90      Masq    1\n", "no number at 32"),
        new Bad(
            "FWM  00000001 rr\n  -> 0AF40107:1F90      Masq    99999999999 0 0\n",
            "no number at 32"),
        new Bad("FWM  00000001 rr\n  -> 0AF40107:1F90\n", "no forwarding method"),
        new Bad("FWM  00000001 rr\n  -> 0AF40107:1F90      Flood   1 0 0\n", "no forwarding"),
        new Bad("TCP  0A60000A:0050 rr", "an end in the middle"),
        new Bad("TCP  " + "0".repeat(100_000) + "\n", "a line without end"));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void whatTheKernelDoesNotPrintIsNamed(Bad bad) {
    var e = assertThrows(IOException.class, () -> read(HEADER + bad.lines));

    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(bad.complaint), message);
    assertTrue(message.startsWith("listing of IPVS, line "), message);
    assertTrue(message.length() < 200, message);
  }

  @Test
  void anotherFileIsRefusedAtItsFirstLine() {
    var e = assertThrows(IOException.class, () -> read("root:x:0:0:\u0007\n\n\n\n"));

    assertEquals("listing of IPVS, line 1: no title: \"root:x:0:0:?\"", e.getMessage());
    assertThrows(IOException.class, () -> read(""));
    assertThrows(IOException.class, () -> read(HEADER.substring(0, 60)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whateverComesIsReadOrRefused(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 3000; i++) {
      byte[] text = CAPTURED.getBytes(ISO_8859_1);
      for (int damage = random.nextInt(4); damage >= 0; damage--) {
        text[random.nextInt(text.length)] = (byte) random.nextInt(256);
      }
      try {
        var _ = read(Channels.newChannel(new ByteArrayInputStream(text)));
      } catch (IOException e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith("listing of IPVS"), e::toString);
      }
    }
  }

  private static List<String> read(String text) throws IOException {
    return read(Channels.newChannel(new ByteArrayInputStream(text.getBytes(ISO_8859_1))));
  }

  private static List<String> read(ReadableByteChannel in) throws IOException {
    List<String> told = new ArrayList<>();
    new ListingReader(in, new Told(told)).read();
    return told;
  }

  /** A file of which no read gives more than some bytes. */
  private static ReadableByteChannel inPieces(String text, int most) {
    var in = new ByteArrayInputStream(text.getBytes(ISO_8859_1));
    return new ReadableByteChannel() {
      @Override
      public int read(ByteBuffer to) {
        byte[] piece = new byte[Math.min(most, to.remaining())];
        int length = in.read(piece, 0, piece.length);
        if (length > 0) {
          to.put(piece, 0, length);
        }
        return length;
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }

  /** Writes down what it is told. */
  private record Told(List<String> lines) implements ListingVisitor {
    @Override
    public void addressed(VirtualServerKey.Addressed key) {
      lines.add(key.toString());
    }

    @Override
    public void marked(int mark) {
      lines.add("mark " + Integer.toHexString(mark));
    }

    @Override
    public void foreign() {
      lines.add("foreign");
    }

    @Override
    public void realServer(Family family, long hi, long lo, int port, int forwarding, int weight) {
      IpAddress address = family == Family.IPV4 ? IpAddress.v4((int) lo) : IpAddress.v6(hi, lo);
      lines.add("> " + address + ":" + port + " by " + forwarding + " weight " + weight);
    }

    @Override
    public void end() {
      lines.add("end");
    }
  }
}
