package io.fairlead.lab.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Somebody who asks a Service over and over, with no time to think and without a second try. */
final class User implements Runnable {
  /** How requests share connections. */
  enum Manner {
    /** A connection for each. */
    SHORT,
    /** One connection until the server says that it will close it. */
    KEEP_ALIVE
  }

  /** Longer than four lost SYNs, and than a thread may wait for a busy emulated processor. */
  private static final int PATIENCE_MILLIS = 30_000;

  /** So that a Fairlead that starts gets its share of the one emulated processor. */
  private static final int BREATH_MILLIS = 40;

  private final Manner manner;
  private final InetSocketAddress service;
  private final List<InetAddress> addresses;
  private final Witness witness;
  private final Tally tally;
  private final byte[] request;
  private final byte[] answer = new byte[512];
  private volatile boolean stopped;

  /** Is told of every connection's first answer: from which address it was, and whose. */
  @FunctionalInterface
  interface Witness {
    void answered(InetAddress from, String pod);
  }

  /**
   * @param addresses this user's own, to be used in turn: a crowd behind one socket
   */
  User(
      Manner manner,
      InetSocketAddress service,
      List<InetAddress> addresses,
      Witness witness,
      Tally tally) {
    this.manner = manner;
    this.service = service;
    this.addresses = List.copyOf(addresses);
    this.witness = witness;
    this.tally = tally;
    String close = manner == Manner.SHORT ? "Connection: close\r\n" : "";
    this.request = ("GET / HTTP/1.1\r\nHost: web\r\n" + close + "\r\n").getBytes(US_ASCII);
  }

  /** Ends {@link #run} after the request under way. */
  void stop() {
    stopped = true;
  }

  @Override
  public void run() {
    for (int turn = 0; !stopped; turn++) {
      visit(addresses.get(turn % addresses.size()));
    }
  }

  /** One connection, from its beginning to its end. */
  private void visit(InetAddress from) {
    long began = System.nanoTime();
    String where = from.getHostAddress();
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(from, 0));
      where += ":" + socket.getLocalPort();
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(service, PATIENCE_MILLIS);
      tally.connected();
      Answer last = ask(socket, began);
      witness.answered(from, last.pod());
      while (!last.closing() && !stopped) {
        breathe();
        began = System.nanoTime();
        last = ask(socket, began);
      }
    } catch (IOException e) {
      long millis = (System.nanoTime() - began) / 1_000_000;
      tally.failed("%s to %s, %s: %s after %d ms".formatted(where, service, manner, e, millis));
    }
    breathe();
  }

  private static void breathe() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(BREATH_MILLIS));
  }

  private Answer ask(Socket socket, long began) throws IOException {
    socket.getOutputStream().write(request);
    int length = 0;
    Optional<Answer> whole = Optional.empty();
    while (whole.isEmpty()) {
      int count = socket.getInputStream().read(answer, length, answer.length - length);
      if (count < 0) {
        throw new EOFException("closed after " + length + " bytes of an answer");
      }
      length += count;
      whole = Answer.in(new String(answer, 0, length, US_ASCII));
    }
    tally.answered(whole.get().pod(), System.nanoTime() - began);
    return whole.get();
  }
}
