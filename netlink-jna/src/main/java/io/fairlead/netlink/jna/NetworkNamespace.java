package io.fairlead.netlink.jna;

import com.sun.jna.Native;
import io.fairlead.netlink.NetlinkException;
import java.nio.file.Path;

/** A network namespace to open sockets in, or to run code in. */
public sealed interface NetworkNamespace {
  /** The one that the calling thread is in. */
  record Current() implements NetworkNamespace {}

  /** The one that a file stands for, such as /run/netns/blue or /proc/1/ns/net. */
  record At(Path path) implements NetworkNamespace {}

  static NetworkNamespace current() {
    return new Current();
  }

  static NetworkNamespace at(Path path) {
    return new At(path);
  }

  /** The one that {@code ip netns add NAME} made. */
  static NetworkNamespace named(String name) {
    return new At(Path.of("/run/netns", name));
  }

  /** What is to be done inside a namespace. */
  @FunctionalInterface
  interface Task<T, E extends Exception> {
    T run() throws E;
  }

  /**
   * Runs {@code task} on a fresh platform thread inside this namespace, and waits for it. The
   * calling thread stays where it is. Threads that the task starts are born in the namespace, and
   * sockets that it opens stay there.
   *
   * @throws NetlinkException if there is no such namespace, or with EPERM without CAP_SYS_ADMIN
   */
  default <T, E extends Exception> T call(Task<T, E> task) throws E, NetlinkException {
    return NamespaceThread.call(this::enter, task);
  }

  /** Moves the calling thread, which must be one that nobody else will use. */
  private void enter() throws NetlinkException {
    switch (this) {
      case Current _ -> {}
      case At(Path path) -> {
        int fd = Libc.open(path.toString(), NamespaceThread.O_RDONLY | NamespaceThread.O_CLOEXEC);
        if (fd < 0) {
          throw new NetlinkException("open namespace " + path, Native.getLastError());
        }
        int result = Libc.setns(fd, NamespaceThread.CLONE_NEWNET);
        int errno = result < 0 ? Native.getLastError() : 0;
        Libc.close(fd);
        if (result < 0) {
          throw new NetlinkException("enter namespace " + path, errno);
        }
      }
    }
  }
}
