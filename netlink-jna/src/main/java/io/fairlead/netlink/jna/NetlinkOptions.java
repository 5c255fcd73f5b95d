package io.fairlead.netlink.jna;

import java.time.Duration;

/**
 * How a netlink socket is opened.
 *
 * @param namespace where; the socket stays there
 * @param receiveBuffer bytes of answers that the kernel may queue (SO_RCVBUFFORCE; without
 *     CAP_NET_ADMIN as much of it as SO_RCVBUF grants)
 * @param sendBuffer the longest datagram in bytes (SO_SNDBUFFORCE, or what SO_SNDBUF grants)
 * @param timeout how long to wait for an answer; requests are carried out before they are waited
 *     for, so this runs out only if the answer was lost
 * @param crossing which code carries the datagrams
 */
public record NetlinkOptions(
    NetworkNamespace namespace,
    int receiveBuffer,
    int sendBuffer,
    Duration timeout,
    Crossing crossing) {

  /** Who calls the kernel. */
  public enum Crossing {
    /** The native library if it can be loaded, or else JNA. */
    AUTOMATIC,
    /** libc through JNA, one crossing for each datagram. */
    JNA,
    /** The native library, one crossing for each exchange; opening fails without it. */
    NATIVE
  }

  /** The current namespace, 8 MiB of answers, 16 MiB datagrams, 5 seconds, automatic. */
  public static final NetlinkOptions DEFAULT =
      new NetlinkOptions(
          NetworkNamespace.current(), 8 << 20, 16 << 20, Duration.ofSeconds(5), Crossing.AUTOMATIC);

  public NetlinkOptions {
    if (receiveBuffer < 1 || sendBuffer < 1) {
      throw new IllegalArgumentException(
          "receiveBuffer " + receiveBuffer + " and sendBuffer " + sendBuffer + ", want 1 or more");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout " + timeout + ", want more than nothing");
    }
  }

  public NetlinkOptions in(NetworkNamespace other) {
    return new NetlinkOptions(other, receiveBuffer, sendBuffer, timeout, crossing);
  }

  public NetlinkOptions withReceiveBuffer(int bytes) {
    return new NetlinkOptions(namespace, bytes, sendBuffer, timeout, crossing);
  }

  public NetlinkOptions withSendBuffer(int bytes) {
    return new NetlinkOptions(namespace, receiveBuffer, bytes, timeout, crossing);
  }

  public NetlinkOptions withTimeout(Duration other) {
    return new NetlinkOptions(namespace, receiveBuffer, sendBuffer, other, crossing);
  }

  public NetlinkOptions with(Crossing other) {
    return new NetlinkOptions(namespace, receiveBuffer, sendBuffer, timeout, other);
  }
}
