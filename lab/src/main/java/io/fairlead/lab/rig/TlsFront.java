package io.fairlead.lab.rig;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * Speaks TLS for a server that does not. The JDK's HttpsServer would ask DNS for each client's name
 * first, which takes seconds where there is none.
 */
final class TlsFront implements AutoCloseable {
  private final SSLServerSocket front;
  private final InetSocketAddress server;

  private TlsFront(SSLServerSocket front, InetSocketAddress server) {
    this.front = front;
    this.server = server;
  }

  /** Passes on what comes to an address, in the calling thread's network namespace. */
  static TlsFront start(SSLContext tls, InetSocketAddress at, InetSocketAddress server)
      throws IOException {
    var socket = (SSLServerSocket) tls.getServerSocketFactory().createServerSocket();
    SSLParameters parameters = socket.getSSLParameters();
    // The client chooses the cipher, as with Go's servers where both sides have fast AES.
    parameters.setUseCipherSuitesOrder(false);
    socket.setSSLParameters(parameters);
    socket.bind(at);
    TlsFront started = new TlsFront(socket, server);
    // Threads that it starts are born in the same namespace.
    Thread.ofPlatform().daemon().name("tls").start(started::accept);
    return started;
  }

  private void accept() {
    try {
      while (true) {
        SSLSocket client = (SSLSocket) front.accept();
        Thread.ofPlatform().daemon().name("tls-in").start(() -> serve(client));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private void serve(SSLSocket client) {
    try (client;
        Socket inner = new Socket(server.getAddress(), server.getPort())) {
      Thread out = Thread.ofPlatform().daemon().name("tls-out").start(() -> copy(inner, client));
      copy(client, inner);
      out.join();
    } catch (IOException _) {
      // One side has ended, and the other does with it.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Until one of the two ends; then both do. */
  private static void copy(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException _) {
      // as above
    }
  }

  @Override
  public void close() {
    try {
      front.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing a listening socket", e);
    }
  }
}
