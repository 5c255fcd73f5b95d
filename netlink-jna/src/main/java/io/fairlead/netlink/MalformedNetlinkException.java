package io.fairlead.netlink;

/**
 * Received bytes are not what netlink says they must be. Unchecked, because every accessor of the
 * decoder can throw it; {@link NetlinkConnection} turns it into a {@link NetlinkException} with
 * EBADMSG before it reaches a caller.
 */
public final class MalformedNetlinkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedNetlinkException(String message) {
    super(message);
  }

  /** The checked form, with EBADMSG, in which it reaches a caller. */
  public NetlinkException refused(String operation) {
    NetlinkException failure =
        new NetlinkException(operation, Errno.EBADMSG, String.valueOf(getMessage()));
    failure.initCause(this);
    return failure;
  }
}
