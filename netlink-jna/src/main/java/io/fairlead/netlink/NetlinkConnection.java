package io.fairlead.netlink;

import java.io.Closeable;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A netlink socket with its buffers, for requests and their answers. Used by one thread at a time;
 * it stays in the network namespace in which it was opened.
 *
 * <p>A request is written into the writer that {@link #request} returns, and sent by the call that
 * follows: {@link #execute}, {@link #get} or {@link #dump}. Many requests at once go through {@link
 * #batch}.
 */
public interface NetlinkConnection extends Closeable {
  /** NETLINK_ROUTE. */
  int ROUTE = 0;

  /** NETLINK_NETFILTER. */
  int NETFILTER = 12;

  /** NETLINK_GENERIC. */
  int GENERIC = 16;

  /**
   * Starts a request in this connection's buffer, overwriting an earlier one. NLM_F_REQUEST is
   * added, and the sequence number filled in; the call that sends it adds NLM_F_ACK or NLM_F_DUMP,
   * and ends the message.
   *
   * @param flags NLM_F_CREATE, NLM_F_EXCL and the like, or 0
   */
  MessageWriter request(int type, int flags);

  /**
   * Sends the request and waits for its ACK.
   *
   * @param operation what is being done, for the exception's text
   */
  void execute(String operation) throws NetlinkException;

  /**
   * Sends the request, hands each message of its answer to {@code answer}, and waits for the ACK.
   */
  void get(String operation, Consumer<Message> answer) throws NetlinkException;

  /**
   * Sends the request as a dump and returns what {@code decode} makes of each message. A dump that
   * the kernel marks as interrupted (NLM_F_DUMP_INTR), or that overran the receive buffer, is
   * thrown away and asked for again, up to a limit; then it fails with EINTR or ENOBUFS. Nothing of
   * an interrupted dump is ever returned.
   */
  <T> List<T> dump(String operation, Function<Message, T> decode) throws NetlinkException;

  /** Starts a batch, which uses this connection until it is finished. */
  Batch batch();

  @Override
  void close();
}
