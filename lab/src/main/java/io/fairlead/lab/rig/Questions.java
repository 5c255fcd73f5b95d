package io.fairlead.lab.rig;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.nio.sctp.MessageInfo;
import com.sun.nio.sctp.SctpChannel;
import io.fairlead.core.net.IpAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How a host asks a server who it is, over each protocol. */
final class Questions {
  private static final byte[] QUESTION = "who?\n".getBytes(UTF_8);

  private Questions() {}

  @FunctionalInterface
  private interface Question {
    Outcome ask() throws Exception;
  }

  static Outcome tcp(Host from, IpAddress to, int port, Duration patience) {
    return inside(
        from,
        () -> {
          try (Stream stream = Stream.connect(Servers.socketAddress(to, port), patience)) {
            return stream.ask();
          }
        });
  }

  static Outcome udp(Host from, IpAddress to, int port, int sourcePort, Duration patience) {
    return inside(
        from,
        () -> {
          IpAddress source = from.addresses().of(to.family());
          try (DatagramSocket socket =
              new DatagramSocket(Servers.socketAddress(source, sourcePort))) {
            socket.setSoTimeout((int) patience.toMillis());
            // Only a connected socket is told of an ICMP port unreachable.
            socket.connect(Servers.socketAddress(to, port));
            socket.send(new DatagramPacket(QUESTION, QUESTION.length));
            DatagramPacket answer = new DatagramPacket(new byte[512], 512);
            socket.receive(answer);
            return Outcome.Answer.parse(new String(answer.getData(), 0, answer.getLength(), UTF_8));
          }
        });
  }

  static Outcome sctp(Host from, IpAddress to, int port, Duration patience) {
    return inside(
        from,
        () -> {
          try (SctpChannel channel = SctpChannel.open()) {
            // Bound to one address: see Servers.
            channel.bind(Servers.socketAddress(from.addresses().of(to.family()), 0));
            return within(patience, () -> associate(channel, Servers.socketAddress(to, port)));
          }
        });
  }

  private static Outcome associate(SctpChannel channel, InetSocketAddress to) throws IOException {
    channel.connect(to);
    channel.send(ByteBuffer.wrap(QUESTION), MessageInfo.createOutgoing(null, 0));
    ByteBuffer answer = ByteBuffer.allocate(512);
    channel.receive(answer, null, null);
    return Outcome.Answer.parse(UTF_8.decode(answer.flip()).toString());
  }

  /** SCTP channels have no time-out of their own; closing one ends its thread. */
  private static Outcome within(Duration patience, Question question) throws Exception {
    FutureTask<Outcome> task = new FutureTask<>(question::ask);
    Thread.ofPlatform().daemon().start(task);
    try {
      return task.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      return new Outcome.TimedOut();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private static Outcome inside(Host from, Question question) {
    long begin = System.nanoTime();
    return from.namespace()
        .call(() -> {
          try {
            return question.ask();
          } catch (Exception e) {
            return Outcome.of(e, Duration.ofNanos(System.nanoTime() - begin));
          }
        });
  }
}
