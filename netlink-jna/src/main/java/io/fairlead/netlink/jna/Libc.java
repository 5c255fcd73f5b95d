package io.fairlead.netlink.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * The libc calls that netlink needs, bound by direct mapping. Signatures keep to int, long and
 * Pointer, because anything richer makes JNA marshal on every call; {@code size_t} is a long, so
 * this is for 64-bit machines.
 */
final class Libc {
  static {
    Native.register(Libc.class, "c");
  }

  private Libc() {}

  static native int socket(int domain, int type, int protocol);

  static native int connect(int fd, Pointer address, int length);

  static native int bind(int fd, Pointer address, int length);

  static native int setsockopt(int fd, int level, int name, Pointer value, int length);

  static native int getsockopt(int fd, int level, int name, Pointer value, Pointer length);

  static native long send(int fd, Pointer buffer, long length, int flags);

  static native long recv(int fd, Pointer buffer, long length, int flags);

  static native int poll(Pointer fds, long count, int milliseconds);

  static native int eventfd(int initial, int flags);

  static native long write(int fd, Pointer buffer, long length);

  static native int open(String path, int flags);

  static native int close(int fd);

  static native int setns(int fd, int kind);

  static native int unshare(int kinds);
}
