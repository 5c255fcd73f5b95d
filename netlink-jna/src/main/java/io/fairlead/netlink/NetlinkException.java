package io.fairlead.netlink;

import java.io.IOException;

/**
 * A socket call failed, the kernel answered a request with an error, or an answer made no sense
 * (EBADMSG). The message holds the operation, the errno by name, and the kernel's own explanation.
 */
public final class NetlinkException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;
  private final String explanation;

  /**
   * @param operation what was tried, such as {@code "add address 10.0.0.1/32"}
   * @param errno a positive errno
   * @param explanation the extended ACK's text (NLMSGERR_ATTR_MSG), or the empty string
   */
  public NetlinkException(String operation, int errno, String explanation) {
    super(
        operation
            + ": "
            + Errno.name(errno)
            + (explanation.isEmpty() ? "" : " (" + explanation + ")"));
    this.errno = errno;
    this.explanation = explanation;
  }

  public NetlinkException(String operation, int errno) {
    this(operation, errno, "");
  }

  /** A positive errno; compare it with the constants of {@link Errno}. */
  public int errno() {
    return errno;
  }

  /** What was said beyond the errno: by the kernel's extended ACK, mostly; or the empty string. */
  public String explanation() {
    return explanation;
  }

  /** Never null: see the constructor. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
