package io.fairlead.bench.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * All that is written to the kernel, in a file that the floor ({@code floor/replay.c}) plays back.
 */
final class Recording implements Tap.Listener, AutoCloseable {
  private static final int END_OF_PART = 0xffffffff;
  private static final int RECORD = 3 * Integer.BYTES;

  private final FileChannel out;
  private final ByteBuffer record = ByteBuffer.allocate(RECORD).order(ByteOrder.nativeOrder());

  private Recording(FileChannel out) {
    this.out = out;
  }

  static Recording into(Path file) {
    try {
      return new Recording(
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void sent(int protocol, ByteBuffer datagram, int sequence, long ended) {
    if (Datagram.isQuestion(protocol, datagram)) {
      return; // a question changes nothing
    }
    write(protocol, sequence, datagram.remaining());
    try {
      while (datagram.hasRemaining()) {
        out.write(datagram);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends a part, for which the floor prints a time of its own. */
  void endPart() {
    write(END_OF_PART, 0, 0);
  }

  private void write(int protocol, int sequence, int length) {
    record.clear().putInt(protocol).putInt(sequence).putInt(length).flip();
    try {
      out.write(record);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
