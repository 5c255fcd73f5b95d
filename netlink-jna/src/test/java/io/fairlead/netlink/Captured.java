package io.fairlead.netlink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Messages that a kernel once sent (captured.txt), whole and damaged. */
public final class Captured {
  private static final int ROUNDS = 2000;

  private Captured() {}

  /** What {@code decode} makes of the captured messages of a kind, in their order. */
  public static <T> List<T> decode(String kind, Function<Message, T> decode) {
    return messages(kind).stream().map(bytes -> decode.apply(message(bytes))).toList();
  }

  /**
   * Damages each message in many ways. It must be decoded to something, or refused as malformed.
   *
   * @param seed of the damage; it is in the failure's text
   */
  public static void damage(String kind, long seed, Function<Message, ?> decode) {
    Random random = new Random(seed);
    for (byte[] whole : messages(kind)) {
      for (int round = 0; round < ROUNDS; round++) {
        byte[] damaged = damaged(whole, random);
        try {
          Object _ = decode.apply(message(damaged));
        } catch (MalformedNetlinkException e) {
          // the only way to refuse
        } catch (RuntimeException e) {
          throw new AssertionError(
              "seed " + seed + ", " + kind + " " + HexFormat.of().formatHex(damaged), e);
        }
      }
    }
  }

  private static List<byte[]> messages(String kind) {
    try (InputStream in = Captured.class.getResourceAsStream("captured.txt")) {
      if (in == null) {
        throw new AssertionError("captured.txt is not on the class path");
      }
      return new String(in.readAllBytes(), UTF_8)
          .lines()
          .filter(line -> line.startsWith(kind + " "))
          .map(line -> HexFormat.of().parseHex(line.substring(kind.length() + 1)))
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Message message(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    return new Message(buffer, 0, bytes.length);
  }

  /** A copy with a few bytes changed behind the header, or with its end cut off. */
  private static byte[] damaged(byte[] whole, Random random) {
    byte[] copy = whole.clone();
    if (random.nextInt(4) == 0) {
      int length = MessageWriter.HEADER + random.nextInt(whole.length - MessageWriter.HEADER);
      ByteBuffer.wrap(copy).order(ByteOrder.nativeOrder()).putInt(0, length);
    }
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = MessageWriter.HEADER + random.nextInt(copy.length - MessageWriter.HEADER);
      copy[at] =
          switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> (byte) 0xff;
            case 2 -> (byte) (copy[at] ^ 1 << random.nextInt(8));
            default -> (byte) random.nextInt(256);
          };
    }
    return copy;
  }
}
