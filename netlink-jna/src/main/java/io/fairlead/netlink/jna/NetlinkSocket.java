package io.fairlead.netlink.jna;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import io.fairlead.netlink.NetlinkException;
import java.time.Duration;

/** Makes AF_NETLINK sockets that are ready for use: file descriptors, and nothing else. */
final class NetlinkSocket {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOCKADDR_NL = 12; // u16 family, u16 pad, u32 port id, u32 groups

  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int SO_RCVTIMEO = 20; // the 64-bit ABI's; struct timeval of two longs
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SO_RCVBUFFORCE = 33;

  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_ADD_MEMBERSHIP = 1;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int NETLINK_EXT_ACK = 11;
  private static final int NETLINK_GET_STRICT_CHK = 12;

  private NetlinkSocket() {}

  /** Opens a socket in the options' namespace that talks to the kernel and to nobody else. */
  static int open(int protocol, NetlinkOptions options) throws NetlinkException {
    return switch (options.namespace()) {
      case NetworkNamespace.Current _ -> openHere(protocol, options);
      case NetworkNamespace.At there -> there.call(() -> openHere(protocol, options));
    };
  }

  private static int openHere(int protocol, NetlinkOptions options) throws NetlinkException {
    int fd = Libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (fd < 0) {
      throw new NetlinkException("open netlink socket " + protocol, Native.getLastError());
    }
    try (Memory value = new Memory(16)) {
      prepare(fd, options, value);
      connect(fd, value);
      return fd;
    } catch (NetlinkException e) {
      Libc.close(fd);
      throw e;
    }
  }

  private static void prepare(int fd, NetlinkOptions options, Memory value)
      throws NetlinkException {
    value.setInt(0, options.receiveBuffer());
    if (!set(fd, SOL_SOCKET, SO_RCVBUFFORCE, value, 4)) {
      demand("SO_RCVBUF", set(fd, SOL_SOCKET, SO_RCVBUF, value, 4));
    }
    value.setInt(0, options.sendBuffer());
    if (!set(fd, SOL_SOCKET, SO_SNDBUFFORCE, value, 4)) {
      demand("SO_SNDBUF", set(fd, SOL_SOCKET, SO_SNDBUF, value, 4));
    }
    timeout(fd, options.timeout(), value);
    value.setInt(0, 1);
    // Kernels before 4.20 lack some of these: then errors carry no text, and requests are looser.
    set(fd, SOL_NETLINK, NETLINK_CAP_ACK, value, 4);
    set(fd, SOL_NETLINK, NETLINK_EXT_ACK, value, 4);
    set(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, value, 4);
  }

  private static void timeout(int fd, Duration timeout, Memory value) throws NetlinkException {
    value.setLong(0, timeout.getSeconds());
    value.setLong(8, Math.max(1, timeout.getNano() / 1000)); // all zero would mean forever
    demand("SO_RCVTIMEO", set(fd, SOL_SOCKET, SO_RCVTIMEO, value, 16));
  }

  /** A connected netlink socket gets unicast from its peer only: port id 0, the kernel. */
  private static void connect(int fd, Memory address) throws NetlinkException {
    address.clear();
    address.setShort(0, (short) AF_NETLINK);
    demand("connect to the kernel", Libc.connect(fd, address, SOCKADDR_NL) == 0);
  }

  /** Joins a multicast group. */
  static void join(int fd, int group) throws NetlinkException {
    try (Memory value = new Memory(4)) {
      value.setInt(0, group);
      if (!set(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, value, 4)) {
        throw new NetlinkException("join multicast group " + group, Native.getLastError());
      }
    }
  }

  /** What the kernel made of the receive buffer, in bytes of its own bookkeeping. */
  static int receiveBuffer(int fd) {
    try (Memory value = new Memory(8)) {
      value.setInt(0, 0);
      value.setInt(4, 4);
      Libc.getsockopt(fd, SOL_SOCKET, SO_RCVBUF, value, value.share(4));
      return value.getInt(0);
    }
  }

  private static boolean set(int fd, int level, int name, Memory value, int length) {
    return Libc.setsockopt(fd, level, name, value, length) == 0;
  }

  private static void demand(String what, boolean done) throws NetlinkException {
    if (!done) {
      throw new NetlinkException("open netlink socket: " + what, Native.getLastError());
    }
  }
}
