package io.fairlead.netlink.jna;

import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;

/** Opens netlink connections to the running kernel. */
public final class Netlink {
  private Netlink() {}

  /**
   * Opens a connection as {@link NetlinkOptions#DEFAULT} says.
   *
   * @param protocol {@link NetlinkConnection#ROUTE} and the like
   */
  public static NetlinkConnection open(int protocol) throws NetlinkException {
    return open(protocol, NetlinkOptions.DEFAULT);
  }

  /**
   * Opens a connection. The calling thread stays in its own network namespace.
   *
   * @throws NetlinkException with EPROTONOSUPPORT if the kernel lacks the protocol, ENOENT if the
   *     namespace does not exist
   */
  public static NetlinkConnection open(int protocol, NetlinkOptions options)
      throws NetlinkException {
    int fd = NetlinkSocket.open(protocol, options);
    return NetlinkConnection.over(new JnaTransport(fd));
  }
}
