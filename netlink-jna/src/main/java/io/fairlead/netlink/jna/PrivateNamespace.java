package io.fairlead.netlink.jna;

import com.sun.jna.Native;
import io.fairlead.netlink.NetlinkException;
import java.io.Closeable;
import java.nio.file.Path;

/**
 * A new, empty network namespace that no name leads to: it lives while this object is open, or a
 * socket or thread is left in it. For tests and benchmarks. Needs CAP_SYS_ADMIN.
 */
public final class PrivateNamespace implements Closeable {
  private final int fd;
  private boolean closed;

  private PrivateNamespace(int fd) {
    this.fd = fd;
  }

  /** Makes one; its only device is {@code lo}, which is down. */
  public static PrivateNamespace create() throws NetlinkException {
    return NamespaceThread.call(PrivateNamespace::unshare, PrivateNamespace::hold);
  }

  private static void unshare() throws NetlinkException {
    if (Libc.unshare(NamespaceThread.CLONE_NEWNET) < 0) {
      throw new NetlinkException("make a network namespace", Native.getLastError());
    }
  }

  private static PrivateNamespace hold() throws NetlinkException {
    int fd =
        Libc.open("/proc/thread-self/ns/net", NamespaceThread.O_RDONLY | NamespaceThread.O_CLOEXEC);
    if (fd < 0) {
      throw new NetlinkException("hold a network namespace", Native.getLastError());
    }
    return new PrivateNamespace(fd);
  }

  /** The namespace; usable in this process while this object is open. */
  public NetworkNamespace namespace() {
    return NetworkNamespace.at(Path.of("/proc/self/fd/" + fd));
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Libc.close(fd);
    }
  }
}
