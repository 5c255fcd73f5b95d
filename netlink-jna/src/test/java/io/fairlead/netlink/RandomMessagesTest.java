package io.fairlead.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** What is written is read back; and what nobody wrote does no harm. */
class RandomMessagesTest {
  private static final long SEED = 20261121;
  private static final int HOSTILE = 1_000_000;
  private static final int DEPTH = 4; // the kernel's own families nest no deeper

  /** An attribute as a value: a number of 1, 2, 4 or 8 bytes, a text, or a nest. */
  sealed interface Attribute {
    int type();

    record Whole(int type, int size, long value) implements Attribute {}

    record Text(int type, String value) implements Attribute {}

    record Nest(int type, List<Attribute> inside) implements Attribute {}
  }

  @Test
  void whatIsWrittenIsReadBack() {
    Random random = new Random(SEED);
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    for (int round = 0; round < 20_000; round++) {
      List<Attribute> attributes = attributes(random, DEPTH);
      MessageWriter out = new MessageWriter(buffer.clear());
      out.begin(17, 3, round).put32(round);
      attributes.forEach(attribute -> write(out, attribute));
      out.end();
      Message message = new Message(buffer, 0, out.length());
      assertEquals(round, message.u32(0));
      assertEquals(
          attributes, read(message.attributes(4), attributes), "seed " + SEED + " round " + round);
    }
  }

  /** Random bytes, and written messages with some bytes changed, which lie more cleverly. */
  @Test
  void bytesThatNobodyWroteAreMalformedAtWorst() throws Exception {
    // On a thread of its own: half a million exceptions are cheap where the stack is short.
    FutureTask<Integer> malformed = new FutureTask<>(RandomMessagesTest::countMalformed);
    Thread.ofPlatform().start(malformed);
    int count = malformed.get();
    assertTrue(count > HOSTILE / 10 && count < HOSTILE, count + " were malformed");
  }

  private static int countMalformed() {
    Random random = new Random(SEED);
    ByteBuffer buffer = ByteBuffer.allocateDirect(256).order(ByteOrder.nativeOrder());
    byte[] noise = new byte[256];
    int malformed = 0;
    for (int round = 0; round < HOSTILE; round++) {
      int length = random.nextInt(8) == 0 ? noise(buffer, noise, random) : mutant(buffer, random);
      try {
        touchAll(buffer, length);
      } catch (MalformedNetlinkException _) {
        malformed++;
      } catch (RuntimeException e) {
        buffer.get(0, noise);
        fail("seed " + SEED + " round " + round + ": " + HexFormat.of().formatHex(noise), e);
      }
    }
    return malformed;
  }

  private static int noise(ByteBuffer buffer, byte[] noise, Random random) {
    random.nextBytes(noise);
    buffer.put(0, noise);
    return random.nextInt(noise.length + 1);
  }

  /** A sound message of about 100 bytes with up to three of them changed. */
  private static int mutant(ByteBuffer buffer, Random random) {
    MessageWriter out = new MessageWriter(buffer.clear());
    out.begin(random.nextInt(4), random.nextInt(0x400), 1).put32(-random.nextInt(200));
    out.put64(36).put64(0);
    int nest = out.openNest(1);
    out.u32(2, random.nextInt()).string(1, "text").u16(3, random.nextInt(256));
    int inner = out.openNest(2);
    out.u64(1, random.nextLong());
    out.closeNest(inner);
    out.closeNest(nest);
    out.end();
    for (int i = random.nextInt(4); i > 0; i--) {
      buffer.put(random.nextInt(out.length()), (byte) random.nextInt());
    }
    return out.length();
  }

  /** Everything that a reader could call. */
  private static void touchAll(ByteBuffer buffer, int length) {
    for (int at = 0; at < length; ) {
      Message message = new Message(buffer, at, length);
      at = message.next();
      NetlinkError verdict =
          (message.type() & 1) == 0 ? NetlinkError.ofError(message) : NetlinkError.ofDone(message);
      touch(message.attributes(verdict.errno() & 31), DEPTH);
      touch(message.attributes(20), DEPTH);
    }
  }

  private static void touch(Attributes a, int depth) {
    while (a.next()) {
      switch (a.length()) {
        case 1 -> a.u8();
        case 2 -> a.u16();
        case 4 -> a.u32();
        case 8 -> a.u64();
        default -> a.string();
      }
      if (a.length() > 100) {
        a.bytes();
        a.u64BeAt(a.length() - 8);
      }
      if (depth > 0) {
        touch(a.nested(), depth - 1);
      }
    }
  }

  @Test
  void offsetsOutsideThePayloadAreMalformed() {
    ByteBuffer buffer = ByteBuffer.allocate(64);
    MessageWriter out = new MessageWriter(buffer).begin(1, 0, 1).put32(0).u64(1, 2);
    out.end();
    Message message = new Message(buffer, 0, out.length());
    Attributes a = message.attributes(4);
    assertTrue(a.next());
    for (int offset : new int[] {Integer.MIN_VALUE, -1, 5, 9, 1000, Integer.MAX_VALUE}) {
      assertMalformed(() -> a.u32At(offset));
      assertMalformed(() -> a.u32BeAt(offset));
      assertMalformed(() -> a.u64BeAt(offset));
    }
    for (int offset : new int[] {Integer.MIN_VALUE, -1, 13, 1000, Integer.MAX_VALUE}) {
      assertMalformed(() -> message.u32(offset));
    }
  }

  private static void assertMalformed(Runnable read) {
    try {
      read.run();
    } catch (MalformedNetlinkException _) {
      return;
    }
    fail("read outside of the payload");
  }

  private static List<Attribute> attributes(Random random, int depth) {
    List<Attribute> list = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      int type = 1 + random.nextInt(0x3ffe);
      list.add(
          switch (random.nextInt(depth == 0 ? 2 : 3)) {
            case 0 -> number(random, type);
            case 1 -> new Attribute.Text(type, "é".repeat(random.nextInt(9)) + random.nextInt());
            default -> new Attribute.Nest(type, attributes(random, depth - 1));
          });
    }
    return list;
  }

  private static Attribute number(Random random, int type) {
    int size = 1 << random.nextInt(4);
    return new Attribute.Whole(type, size, random.nextLong() >>> (64 - 8 * size));
  }

  private static void write(MessageWriter out, Attribute attribute) {
    switch (attribute) {
      case Attribute.Whole(int type, int size, long value) -> {
        switch (size) {
          case 1 -> out.u8(type, (int) value);
          case 2 -> out.u16(type, (int) value);
          case 4 -> out.u32(type, (int) value);
          default -> out.u64(type, value);
        }
      }
      case Attribute.Text(int type, String value) -> out.string(type, value);
      case Attribute.Nest(int type, List<Attribute> inside) -> {
        int start = out.openNest(type);
        inside.forEach(each -> write(out, each));
        out.closeNest(start);
      }
    }
  }

  /** Reads as many attributes as there are in {@code like}, each as the kind that it is there. */
  private static List<Attribute> read(Attributes a, List<Attribute> like) {
    List<Attribute> list = new ArrayList<>();
    while (a.next()) {
      list.add(
          switch (like.get(list.size())) {
            case Attribute.Whole(_, int size, _) -> new Attribute.Whole(a.type(), size, value(a));
            case Attribute.Text _ -> new Attribute.Text(a.type(), a.string());
            case Attribute.Nest(_, List<Attribute> inside) ->
                new Attribute.Nest(a.type(), read(a.nested(), inside));
          });
    }
    return list;
  }

  private static long value(Attributes a) {
    return switch (a.length()) {
      case 1 -> a.u8();
      case 2 -> a.u16();
      case 4 -> Integer.toUnsignedLong(a.u32());
      default -> a.u64();
    };
  }
}
