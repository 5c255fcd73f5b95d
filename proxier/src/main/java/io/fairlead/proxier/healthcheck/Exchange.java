package io.fairlead.proxier.healthcheck;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fairlead.core.cluster.ObjectName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** One connection, for one request. */
final class Exchange {
  /** More than any load balancer sends; a flood of connections costs so much each. */
  private static final int MAX_HEAD = 4096;

  private final SocketChannel channel;
  private final ObjectName service;
  private final long deadline;
  private final ByteBuffer in = ByteBuffer.allocate(MAX_HEAD);

  /**
   * @param service whose port it came to
   * @param deadline in nanoseconds of {@code System.nanoTime}
   */
  Exchange(SocketChannel channel, ObjectName service, long deadline) {
    this.channel = channel;
    this.service = service;
    this.deadline = deadline;
  }

  ObjectName service() {
    return service;
  }

  /** How long the client may still take; not positive once it has taken too long. */
  long left(long now) {
    return deadline - now;
  }

  /**
   * Takes in what has come. Gives the request's first line once the whole head is here.
   *
   * @throws IOException if the client went away before
   */
  Optional<String> read() throws IOException {
    if (channel.read(in) < 0) {
      throw new IOException("closed before the request was complete");
    }
    String text = new String(in.array(), 0, in.position(), ISO_8859_1);
    return text.contains("\r\n\r\n") || text.contains("\n\n")
        ? text.lines().findFirst()
        : Optional.empty();
  }

  /** Whether the head is larger than what is taken in. */
  boolean isTooLarge() {
    return !in.hasRemaining();
  }

  /** An answer fits into the empty buffer of a new connection, so one write does. */
  void answer(Response response) throws IOException {
    int _ = channel.write(response.bytes());
    channel.shutdownOutput();
  }

  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
