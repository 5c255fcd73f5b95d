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

  /**
   * Starts a batch that {@link Batch#finish} sends as one datagram, however long it gets: the
   * buffer grows up to {@link #MAX_DATAGRAM}. For nf_tables, which carries out what stands between
   * NFNL_MSG_BATCH_BEGIN and NFNL_MSG_BATCH_END together or not at all.
   *
   * <p>Those two are requests like the others: the caller writes them, each with a tag of its own.
   * The kernel answers the begin message if it refuses the whole (EPERM, or a failed commit), and
   * before Linux 6.10 never the end message. So the caller sets NLM_F_ACK on the last request that
   * stands between them, and {@code finish} waits for the last ACK that was asked for, or until a
   * failure is all that came. If no request asks, the last one is made to. An empty list of
   * failures means that everything was done.
   */
  Batch transaction();

  /** The longest datagram that a transaction may become, in bytes. */
  int MAX_DATAGRAM = 16 << 20;

  /** A connection that speaks over {@code transport}, and closes it when it is closed. */
  static NetlinkConnection over(Transport transport) {
    return new TransportConnection(transport);
  }

  @Override
  void close();
}
