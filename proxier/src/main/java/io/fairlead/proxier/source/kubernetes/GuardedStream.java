package io.fairlead.proxier.source.kubernetes;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A stream on which a read fails when nothing has come for too long. A connection whose other end
 * has vanished stays open for ever otherwise: TCP does not notice while nothing is sent.
 */
final class GuardedStream extends FilterInputStream {
  /** Nothing came for too long. */
  static final class SilenceException extends IOException {
    private static final long serialVersionUID = 1;

    SilenceException(long nanos) {
      super("nothing came for %.1f s".formatted(nanos / 1e9));
    }
  }

  private final ScheduledFuture<?> check;
  private volatile long toleratedNanos;
  private volatile long lastNanos = System.nanoTime();
  private volatile boolean silent;

  /**
   * @param clock looks at the stream a few times within the tolerated silence
   */
  GuardedStream(InputStream stream, Duration silence, ScheduledExecutorService clock) {
    super(stream);
    this.toleratedNanos = silence.toNanos();
    long period = Math.max(1, silence.toNanos() / 4);
    this.check = clock.scheduleAtFixedRate(this::check, period, period, TimeUnit.NANOSECONDS);
  }

  /** From now on a silence may be this long. */
  void tolerate(Duration silence) {
    toleratedNanos = silence.toNanos();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    lastNanos = System.nanoTime(); // the time since the last read was the reader's own
    int count;
    try {
      count = in.read(into, offset, length);
    } catch (IOException e) {
      throw silent ? new SilenceException(toleratedNanos) : e;
    }
    lastNanos = System.nanoTime();
    if (count < 0 && silent) {
      throw new SilenceException(toleratedNanos);
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    check.cancel(false);
    super.close();
  }

  private void check() {
    if (System.nanoTime() - lastNanos > toleratedNanos) {
      silent = true;
      try {
        close();
      } catch (IOException e) {
        // The reader is told by its own failing read.
      }
    }
  }
}
