package io.fairlead.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is written, byte by byte, in rows of four as on the wire of a little-endian machine; and
 * that the reader gets out what the writer put in.
 */
class CodecTest {
  /** What is written behind the 16 bytes of the message header, and the bytes that must come. */
  record Case(String name, Consumer<MessageWriter> write, String bytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case("nothing", out -> {}, ""),
        new Case("a fixed header", out -> out.put8(2).put8(32).put16(0x0102), "02200201"),
        new Case("fixed fields in network order", out -> out.put32Be(0x0a000001), "0a000001"),
        new Case("a long in network order", out -> out.put64Be(0x0102L), "00000000 00000102"),
        new Case("u8", out -> out.u8(1, 0xfe), "05000100 fe000000"),
        new Case("u16", out -> out.u16(2, 0x1234), "06000200 34120000"),
        new Case("u16Be", out -> out.u16Be(3, 0x1234), "06000300 12340000"),
        new Case("u32", out -> out.u32(4, 0x12345678), "08000400 78563412"),
        new Case("u32Be", out -> out.u32Be(5, 0x12345678), "08000500 12345678"),
        new Case("u64", out -> out.u64(6, 1), "0c000600 01000000 00000000"),
        new Case("u64Be", out -> out.u64Be(7, 1), "0c000700 00000000 00000001"),
        new Case(
            "an IPv6 address",
            out -> out.u128Be(8, 0x20010db8_00000000L, 1),
            "14000800 20010db8 00000000 00000000 00000001"),
        new Case("a flag", out -> out.flag(9), "04000900"),
        new Case("a string", out -> out.string(10, "rr"), "07000a00 72720000"),
        new Case("a string that fills its row", out -> out.string(10, "wrr"), "08000a00 77727200"),
        new Case("an empty string", out -> out.string(10, ""), "05000a00 00000000"),
        new Case("a string beyond ASCII", out -> out.string(10, "aé"), "08000a00 61c3a900"),
        new Case("bytes", out -> out.bytes(11, new byte[] {1, 2, 3}), "07000b00 01020300"),
        new Case(
            "nests",
            out -> {
              int outer = out.openNest(1);
              int inner = out.openNest(2);
              out.u8(3, 4);
              out.closeNest(inner);
              out.closeNest(outer);
            },
            "10000180 0c000280 05000300 04000000"),
        new Case(
            "an attribute of fixed fields",
            out -> {
              int start = out.openAttribute(12);
              out.put32(1).put16(2);
              out.closeAttribute(start);
            },
            "0a000c00 01000000 02000000"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theBytesAre(Case expected) {
    ByteBuffer buffer = ByteBuffer.allocate(128);
    MessageWriter out = new MessageWriter(buffer);
    out.begin(0x0102, 0x0305, 0x0a0b0c0d);
    expected.write().accept(out);
    out.end();
    String body = expected.bytes().replace(" ", "");
    String header = "%02x000000 02010503 0d0c0b0a 00000000".formatted(16 + body.length() / 2);
    assertEquals(rows(header.replace(" ", "") + body), rows(written(buffer)));
  }

  @Test
  void messagesFollowEachOtherAtMultiplesOfFour() {
    ByteBuffer buffer = ByteBuffer.allocate(128);
    MessageWriter out = new MessageWriter(buffer);
    out.begin(1, 0, 1).put8(7);
    out.end();
    out.begin(2, 0, 2);
    out.end();
    Message first = new Message(buffer, 0, out.length());
    assertEquals(17, first.length());
    assertEquals(2, new Message(buffer, first.next(), out.length()).type());
  }

  @Test
  void anAbandonedMessageLeavesNoTrace() {
    MessageWriter out = new MessageWriter(ByteBuffer.allocate(64));
    out.begin(1, 0, 1);
    out.end();
    assertThrows(BufferOverflowException.class, () -> out.begin(2, 0, 2).bytes(1, new byte[100]));
    assertTrue(out.isOpen());
    out.abandon();
    assertFalse(out.isOpen());
    assertEquals(16, out.length());
  }

  @Test
  void aMessageMustEndBeforeTheNextBegins() {
    MessageWriter out = new MessageWriter(ByteBuffer.allocate(64)).begin(1, 0, 1);
    assertThrows(IllegalStateException.class, () -> out.begin(2, 0, 2));
  }

  @Test
  void anAttributeLongerThanItsLengthFieldIsRefused() {
    MessageWriter out = new MessageWriter(ByteBuffer.allocate(1 << 17)).begin(1, 0, 1);
    assertThrows(IllegalArgumentException.class, () -> out.bytes(1, new byte[0x10000]));
    int start = out.openNest(1);
    out.bytes(2, new byte[0xff00]).bytes(2, new byte[0xff00]);
    assertThrows(IllegalStateException.class, () -> out.closeNest(start));
  }

  @Test
  void theReaderRefusesAnAttributeOfAnotherSize() {
    ByteBuffer buffer = ByteBuffer.allocate(64);
    MessageWriter out = new MessageWriter(buffer).begin(1, 0, 1).u16(5, 1);
    out.end();
    Attributes a = new Message(buffer, 0, out.length()).attributes(0);
    assertTrue(a.next());
    MalformedNetlinkException e = assertThrows(MalformedNetlinkException.class, a::u32);
    assertEquals("attribute 5 is 2 bytes, want 4", e.getMessage());
  }

  private static String written(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.position()];
    buffer.get(0, bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static String rows(String hex) {
    return IntStream.range(0, hex.length() / 8)
        .mapToObj(i -> hex.substring(8 * i, 8 * i + 8))
        .collect(Collectors.joining("\n"));
  }
}
