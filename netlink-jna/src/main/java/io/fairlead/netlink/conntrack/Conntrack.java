package io.fairlead.netlink.conntrack;

import io.fairlead.netlink.Batch;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The connections that a namespace tracks, over a NETLINK_NETFILTER connection that the caller
 * owns.
 */
public final class Conntrack {
  // enum cntl_msg_types, with NFNL_SUBSYS_CTNETLINK in the upper byte
  private static final int IPCTNL_MSG_CT_GET = 0x101;
  private static final int IPCTNL_MSG_CT_DELETE = 0x102;

  private final NetlinkConnection connection;

  public Conntrack(NetlinkConnection connection) {
    this.connection = connection;
  }

  /** The connections that the filter selects, in no order. Others come and go meanwhile. */
  public List<Connection> list(ConnectionFilter filter) throws NetlinkException {
    return list(filter, _ -> true);
  }

  /** Those that the filter selects and {@code wanted} holds for; no other is kept in memory. */
  public List<Connection> list(ConnectionFilter filter, Predicate<Connection> wanted)
      throws NetlinkException {
    filter.write(header(connection.request(IPCTNL_MSG_CT_GET, 0), filter.family()));
    List<Optional<Connection>> found =
        connection.dump(
            "list connections",
            answer -> Optional.of(Connection.read(answer)).filter(filter::matches).filter(wanted));
    return found.stream().flatMap(Optional::stream).toList();
  }

  /**
   * Forgets a connection, so that its next packet opens a new one.
   *
   * @return whether it was there; one that ended meanwhile is no error
   */
  public boolean delete(FlowTuple original, int zone) throws NetlinkException {
    write(connection.request(IPCTNL_MSG_CT_DELETE, 0), original, zone);
    try {
      connection.execute("delete connection " + original);
      return true;
    } catch (NetlinkException e) {
      if (e.errno() == Errno.ENOENT) {
        return false;
      }
      throw e;
    }
  }

  /** Writes {@link #delete} into a batch; one that ended meanwhile fails with ENOENT there. */
  public static void delete(Batch batch, int tag, FlowTuple original, int zone)
      throws NetlinkException {
    write(batch.next(IPCTNL_MSG_CT_DELETE, 0, tag), original, zone);
  }

  private static void write(MessageWriter out, FlowTuple original, int zone) {
    // Without a tuple the kernel would forget every connection (ctnetlink_del_conntrack).
    original.write(header(out, original.source().family()), Connection.CTA_TUPLE_ORIG);
    if (zone != 0) {
      out.u16Be(Connection.CTA_ZONE, zone);
    }
  }

  private static MessageWriter header(MessageWriter out, int family) {
    return out.put8(family).put8(0).put16Be(0);
  }
}
