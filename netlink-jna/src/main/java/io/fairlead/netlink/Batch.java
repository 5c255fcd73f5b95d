package io.fairlead.netlink;

import java.util.List;

/**
 * Many requests in few sends. A request is answered only if it fails, but for the last of each
 * send, which asks for an ACK: that ACK says that all before it are done. Requests are carried out
 * in order; one that fails stops none of the others.
 */
public interface Batch {
  /**
   * Starts the next request, ending the one before it; sends what is pending when the buffer is
   * full. The writer that is returned has room for at least {@link #MAX_MESSAGE} bytes.
   *
   * @param tag the caller's name for the request: it comes back if the request fails
   */
  MessageWriter next(int type, int flags, int tag) throws NetlinkException;

  /**
   * The same, for a request that may be as long as {@code room} bytes.
   *
   * @throws NetlinkException also with EMSGSIZE, if no buffer can have that much room; the batch
   *     then holds what it held before
   */
  MessageWriter next(int type, int flags, int tag, int room) throws NetlinkException;

  /** The most that one request may hold, header included. */
  int MAX_MESSAGE = 4096;

  /**
   * Sends what is pending, waits until everything is done, and returns the requests that failed, in
   * order. The batch is then empty and may be used again.
   *
   * <p>If answers were lost because the socket's buffer overflowed, each request of that send that
   * is not known to have failed comes back with ENOBUFS: it may or may not have been done.
   *
   * @throws NetlinkException if the socket itself fails; what was sent may or may not have been
   *     done
   */
  List<Failure> finish() throws NetlinkException;

  /**
   * A request that the kernel refused.
   *
   * @param errno a positive errno
   * @param explanation the extended ACK's text, or the empty string
   */
  record Failure(int tag, int errno, String explanation) {}
}
