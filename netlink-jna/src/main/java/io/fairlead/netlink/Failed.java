package io.fairlead.netlink;

/** The exceptions that a connection throws, each made in one place. */
final class Failed {
  private Failed() {}

  /** A transport's call answered with a negative errno. */
  static NetlinkException socket(String operation, int result) {
    int errno = -result;
    return errno == Errno.EAGAIN
        ? new NetlinkException(operation, Errno.ETIMEDOUT, "the kernel did not answer in time")
        : new NetlinkException(operation, errno);
  }

  /** The kernel refused. */
  static NetlinkException refused(String operation, NetlinkError error) {
    return new NetlinkException(operation, error.errno(), error.explanation());
  }
}
