package io.fairlead.ipvs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;

/**
 * The kernel's own listing of a network namespace's virtual and real servers, {@code
 * /proc/net/ip_vs}: all in one go where netlink takes a dump for each virtual server.
 *
 * <p>It is no snapshot. The kernel prints it in pieces, and counts its way to where each begins: a
 * virtual server that comes or goes meanwhile makes it miss another one or tell it twice. And it
 * does not tell everything (ip_vs_info_seq_show): no scheduler flags, no thresholds, no family of
 * marks. So it shows where to look, and nothing is to be done on its word alone.
 */
public final class Listing implements Closeable {
  // Not /proc/net, which is that of the process's first thread, wherever this one is.
  private static final Path FILE = Path.of("/proc/thread-self/net/ip_vs");

  private final SeekableByteChannel file;

  Listing(SeekableByteChannel file) {
    this.file = file;
  }

  /**
   * Opens that of the calling thread's network namespace, to be read by any thread. It is there if
   * module ip_vs is.
   */
  public static Listing open() throws IOException {
    return new Listing(FileChannel.open(FILE));
  }

  /**
   * Reads all of it, as it is now.
   *
   * @throws IOException if it cannot be read, or is not what the kernel prints
   */
  void read(ListingVisitor visitor) throws IOException {
    file.position(0);
    new ListingReader(file, visitor).read();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
