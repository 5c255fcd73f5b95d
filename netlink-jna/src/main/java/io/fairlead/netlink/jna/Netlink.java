package io.fairlead.netlink.jna;

import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.Transport;
import java.util.Optional;

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
    return NetlinkConnection.over(transport(protocol, options));
  }

  /**
   * Opens the socket alone, for a {@link NetlinkConnection#over connection} over something that
   * looks at what goes to and fro.
   *
   * @throws NetlinkException as {@link #open(int, NetlinkOptions)} does
   */
  public static Transport transport(int protocol, NetlinkOptions options) throws NetlinkException {
    boolean library = useLibrary(options.crossing());
    int fd = NetlinkSocket.open(protocol, options);
    return library ? new NativeTransport(fd) : new JnaTransport(fd);
  }

  /** Why the native library is not used by connections that may choose; empty if it is. */
  public static Optional<String> whyNotNative() {
    return NativeTransport.missing();
  }

  private static boolean useLibrary(NetlinkOptions.Crossing crossing) throws NetlinkException {
    return switch (crossing) {
      case JNA -> false;
      case AUTOMATIC -> NativeTransport.missing().isEmpty();
      case NATIVE -> {
        Optional<String> missing = NativeTransport.missing();
        if (missing.isPresent()) {
          throw new NetlinkException("load the native library", Errno.ENOENT, missing.get());
        }
        yield true;
      }
    };
  }
}
