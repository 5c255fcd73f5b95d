package io.fairlead.netlink.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** The native library's functions, as native/src/fairlead.h declares them. */
final class Fairlead {
  private Fairlead() {}

  /**
   * Binds the library, which JNA looks for on {@code jna.library.path} and on the class path.
   *
   * @throws UnsatisfiedLinkError if it is nowhere, or not for this machine
   */
  static void bind() {
    Native.register(Fairlead.class, "fairlead");
  }

  static native long fairlead_receive(
      int fd, Pointer buffer, long capacity, int sequence, Pointer pending);

  static native long fairlead_exchange(
      int fd,
      Pointer request,
      long length,
      Pointer buffer,
      long capacity,
      int sequence,
      Pointer pending);
}
