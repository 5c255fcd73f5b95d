package io.fairlead.lab.rig;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fairlead.core.net.IpAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** A TCP connection that stays open, to see what becomes of it while the rules change. */
public final class Stream implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader answers;

  private Stream(Socket socket) throws IOException {
    this.socket = socket;
    this.answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }

  static Stream open(Host from, IpAddress to, int port) {
    return from.namespace().call(() -> connect(Servers.socketAddress(to, port), Host.PATIENCE));
  }

  static Stream connect(InetSocketAddress to, Duration patience) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(to, (int) patience.toMillis());
      socket.setSoTimeout((int) patience.toMillis());
      return new Stream(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Asks once more over the same connection. */
  public Outcome ask() {
    long begin = System.nanoTime();
    try {
      socket.getOutputStream().write('\n');
      String answer = answers.readLine();
      return answer == null ? new Outcome.Broken("closed") : Outcome.Answer.parse(answer);
    } catch (IOException e) {
      return Outcome.of(e, Duration.ofNanos(System.nanoTime() - begin));
    }
  }

  /** Closes with a reset, which the kernel forgets sooner than a FIN. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
