package io.fairlead.lab.rig;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A pod's HTTP/1.1 server, which says its name to whoever asks. It ends as a good server does: it
 * takes no new connections, tells clients with its last answer that it will close, and is gone when
 * all are.
 *
 * <p>One thread on a selector, since an emulated processor has better things to do than to switch
 * threads.
 */
public final class WebServer {
  private static final String END = "\r\n\r\n";
  private static final int MAX_REQUEST = 512;

  private final String name;
  private final ServerSocketChannel listener;
  private final Selector selector;
  private final Thread thread;
  private int connections; // the thread's own
  private volatile boolean leaving;
  private final AtomicLong answered = new AtomicLong();

  private WebServer(String name, ServerSocketChannel listener, Selector selector) {
    this.name = name;
    this.listener = listener;
    this.selector = selector;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::serve);
  }

  /**
   * Starts one on the host's IPv4 address.
   *
   * @param name what it answers
   */
  public static WebServer start(Host host, String name, int port) {
    WebServer server =
        host.namespace()
            .call(() -> {
              ServerSocketChannel listener = ServerSocketChannel.open();
              listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
              listener.bind(Servers.socketAddress(host.v4(), port), 1024);
              listener.configureBlocking(false);
              Selector selector = Selector.open();
              listener.register(selector, SelectionKey.OP_ACCEPT);
              return new WebServer(name, listener, selector);
            });
    server.thread.start();
    return server;
  }

  /** What it answers. */
  public String name() {
    return name;
  }

  /** How many requests it has answered. */
  public long answered() {
    return answered.get();
  }

  /** What a process does on SIGTERM. */
  public void terminate() {
    leaving = true;
    selector.wakeup();
  }

  /** Waits until the last connection is closed. */
  public void awaitEnd() throws InterruptedException {
    thread.join();
  }

  private void serve() {
    try (listener;
        selector) {
      while (listener.isOpen() || connections > 0) {
        selector.select(this::ready);
        if (leaving && listener.isOpen()) {
          accept(); // who is in the queue has been promised a server
          listener.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  private void ready(SelectionKey key) {
    try {
      if (key.channel() instanceof SocketChannel client) {
        converse(client, (ByteBuffer) key.attachment());
      } else {
        accept();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  private void accept() throws IOException {
    for (SocketChannel client = listener.accept(); client != null; client = listener.accept()) {
      client.configureBlocking(false);
      client.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(MAX_REQUEST));
      connections++;
    }
  }

  private void converse(SocketChannel client, ByteBuffer request) throws IOException {
    boolean over;
    try {
      over = client.read(request) < 0 || isAnsweredForTheLastTime(client, request);
    } catch (IOException _) {
      over = true; // on the client's side as well, and it is the one to say so
    }
    if (over) {
      client.close();
      connections--;
    }
  }

  private boolean isAnsweredForTheLastTime(SocketChannel client, ByteBuffer request)
      throws IOException {
    String text = US_ASCII.decode(request.duplicate().flip()).toString();
    if (!text.endsWith(END)) {
      return false; // the rest is still to come
    }
    request.clear();
    boolean close = leaving || text.contains("Connection: close");
    client.write(ByteBuffer.wrap(answer(close).getBytes(US_ASCII)));
    answered.incrementAndGet();
    return close;
  }

  private String answer(boolean close) {
    return "HTTP/1.1 200 OK\r\n"
        + (close ? "Connection: close\r\n" : "")
        + "Content-Length: "
        + name.length()
        + END
        + name;
  }
}
