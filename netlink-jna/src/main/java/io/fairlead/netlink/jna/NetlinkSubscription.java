package io.fairlead.netlink.jna;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.MalformedNetlinkException;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.NetlinkException;
import java.io.Closeable;

/**
 * Listens to multicast groups. One thread calls {@link #run}, which hands out messages until
 * another thread calls {@link #close}. That thread must be a platform thread: it waits in C.
 */
public final class NetlinkSubscription implements Closeable {
  private static final int INCOMING = 64 << 10;
  private static final int EFD_CLOEXEC = 0x80000;
  private static final int EFD_NONBLOCK = 0x800;
  private static final short POLLIN = 1;
  private static final int POLLFD = 8; // struct pollfd { int fd; short events; short revents; }

  private final Channel channel;
  private final int wake;
  private final Memory polled = new Memory(2 * POLLFD);
  private boolean running; // guarded by this, as is closed
  private boolean closed;

  /** What the listener does with what it hears. */
  public interface Listener {
    /** A message of one of the groups; valid during the call. */
    void heard(Message message);

    /** The receive buffer overflowed: read the state anew, for some messages were dropped. */
    void lost();
  }

  private NetlinkSubscription(Channel channel, int wake) {
    this.channel = channel;
    this.wake = wake;
    watch(0, channel.fd());
    watch(POLLFD, wake);
  }

  private void watch(int offset, int fd) {
    polled.setInt(offset, fd);
    polled.setShort(offset + 4, POLLIN);
    polled.setShort(offset + 6, (short) 0);
  }

  /**
   * Joins groups, so that from now on nothing goes by unheard. Read the state after opening.
   *
   * @param groups group numbers (RTNLGRP_…, or those of a generic family), not bit masks
   */
  public static NetlinkSubscription open(int protocol, NetlinkOptions options, int... groups)
      throws NetlinkException {
    Channel channel = new Channel(NetlinkSocket.open(protocol, options), INCOMING);
    try {
      for (int group : groups) {
        NetlinkSocket.join(channel.fd(), group);
      }
      int wake = Libc.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
      if (wake < 0) {
        throw new NetlinkException("open an eventfd", Native.getLastError());
      }
      return new NetlinkSubscription(channel, wake);
    } catch (NetlinkException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Hands messages to {@code listener}, and returns once {@link #close} was called. What the
   * listener throws comes out of here.
   *
   * @throws NetlinkException with EBADMSG if a message makes no sense; the rest of its datagram is
   *     skipped, and {@code run} may be called again
   */
  public void run(Listener listener) throws NetlinkException {
    if (!begin()) {
      return;
    }
    try {
      while (await()) {
        hearAll(listener);
      }
    } catch (MalformedNetlinkException e) {
      throw e.refused("listen");
    } finally {
      end();
    }
  }

  private synchronized boolean begin() {
    if (running) {
      throw new IllegalStateException("another thread is listening already");
    }
    running = !closed;
    return running;
  }

  private synchronized void end() {
    running = false;
    if (closed) {
      release();
    }
  }

  /** Blocks until there is something to hear; false if it is time to stop. */
  private boolean await() throws NetlinkException {
    while (true) {
      int ready = Libc.poll(polled, 2, -1);
      int errno = ready < 0 ? Native.getLastError() : 0;
      if (errno != 0 && errno != Errno.EINTR) {
        throw new NetlinkException("poll", errno);
      }
      if (ready > 0) {
        return polled.getShort(POLLFD + 6) == 0;
      }
    }
  }

  private void hearAll(Listener listener) throws NetlinkException {
    while (true) {
      int received = channel.receive(Channel.MSG_DONTWAIT);
      switch (-received) {
        case Errno.EAGAIN -> {
          return;
        }
        case Errno.ENOBUFS, Errno.EMSGSIZE -> listener.lost();
        default -> hear(received, listener);
      }
    }
  }

  private void hear(int received, Listener listener) throws NetlinkException {
    if (received < 0) {
      throw new NetlinkException("listen", -received);
    }
    for (int at = 0; at < received; ) {
      Message message = new Message(channel.in().buffer(), at, received);
      at = message.next();
      listener.heard(message);
    }
  }

  /** Makes {@link #run} return, and leaves the groups. May be called by any thread, repeatedly. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (running) {
      wakeUp();
    } else {
      release();
    }
  }

  private void wakeUp() {
    try (Memory one = new Memory(Long.BYTES)) {
      one.setLong(0, 1);
      Libc.write(wake, one, Long.BYTES);
    }
  }

  private void release() {
    channel.close();
    Libc.close(wake);
  }
}
