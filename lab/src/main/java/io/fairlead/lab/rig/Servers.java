package io.fairlead.lab.rig;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.nio.sctp.MessageInfo;
import com.sun.nio.sctp.SctpChannel;
import com.sun.nio.sctp.SctpServerChannel;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The servers of a rig. Each answers every question with its host's name and the address it sees.
 *
 * <p>A socket belongs to the namespace in which it was opened, whichever thread uses it later.
 */
final class Servers implements Closeable {
  private final Deque<Closeable> open = new ArrayDeque<>();
  private volatile boolean closed;

  @FunctionalInterface
  private interface Loop {
    void once() throws IOException;
  }

  void start(Host host, int port) {
    host.namespace()
        .call(() -> {
          // One socket for each address: an SCTP endpoint on a wildcard would tell its peer all
          // of its addresses, and the peer would use those that no virtual server translates.
          for (Family family : Family.values()) {
            var address = socketAddress(host.addresses().of(family), port);
            tcp(host.name(), address);
            udp(host.name(), address);
            sctp(host.name(), address);
          }
          return this;
        });
  }

  private void tcp(String name, InetSocketAddress address) throws IOException {
    ServerSocket server = keep(new ServerSocket());
    server.setReuseAddress(true);
    server.bind(address, 1024);
    repeat(() -> {
      Socket socket = server.accept();
      Thread.ofVirtual().start(() -> converse(name, socket));
    });
  }

  /** A line for a line, until the other side has had enough. */
  private static void converse(String name, Socket socket) {
    try (socket;
        var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
      while (in.readLine() != null) {
        socket.getOutputStream().write(answer(name, socket.getInetAddress()));
      }
    } catch (IOException _) {
      // The asker sees a broken connection as well, and it is the one to say so.
    }
  }

  private void udp(String name, InetSocketAddress address) throws IOException {
    DatagramSocket socket = keep(new DatagramSocket(address));
    DatagramPacket packet = new DatagramPacket(new byte[512], 512);
    repeat(() -> {
      packet.setData(packet.getData());
      socket.receive(packet);
      byte[] answer = answer(name, packet.getAddress());
      socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
    });
  }

  private void sctp(String name, InetSocketAddress address) throws IOException {
    SctpServerChannel server = keep(SctpServerChannel.open()).bind(address);
    ByteBuffer question = ByteBuffer.allocate(512);
    repeat(() -> {
      try (SctpChannel channel = server.accept()) {
        channel.receive(question.clear(), null, null);
        InetSocketAddress peer = (InetSocketAddress) channel.getRemoteAddresses().iterator().next();
        ByteBuffer answer = ByteBuffer.wrap(answer(name, peer.getAddress()));
        channel.send(answer, MessageInfo.createOutgoing(null, 0));
        // Closing at once would abort the association before the answer is acknowledged.
        channel.receive(question.clear(), null, null);
      }
    });
  }

  private synchronized <T extends Closeable> T keep(T socket) {
    open.push(socket);
    return socket;
  }

  /** Serves until closed; SCTP channels block their thread, so it is a platform's. */
  private void repeat(Loop loop) {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          while (!closed) {
            try {
              loop.once();
            } catch (IOException _) {
              // Either the rig was closed, or one asker went away, which says so itself.
            }
          }
        });
  }

  private static byte[] answer(String name, InetAddress asker) {
    return (name + " " + IpAddress.ofBytes(asker.getAddress()) + "\n").getBytes(UTF_8);
  }

  static InetSocketAddress socketAddress(IpAddress address, int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(address.toBytes()), port);
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
