package io.fairlead.proxier.observe;

import com.google.common.collect.ImmutableMap;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fairlead.proxier.observe.Page.Answer;
import io.fairlead.proxier.settings.BindAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves pages at one address. An address that is taken, or not there yet, is tried again until it
 * can be bound: probes and metrics are worth waiting for, and traffic does not need them.
 */
public final class HttpListener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpListener.class);

  private final String name;
  private final BindAddress address;
  private final ImmutableMap<String, Page> pages;
  private final Duration retryEvery;

  // Both guarded by this.
  private @Nullable HttpServer server;
  private boolean closed;

  /**
   * @param name for the log, such as {@code metrics}
   * @param pages by path, each matched exactly
   */
  HttpListener(
      String name, BindAddress address, ImmutableMap<String, Page> pages, Duration retryEvery) {
    this.name = name;
    this.address = address;
    this.pages = pages;
    this.retryEvery = retryEvery;
  }

  /**
   * Binds the address and serves; called once. The socket belongs to the calling thread's network
   * namespace, retries too: a new thread inherits the namespace of the one that starts it.
   *
   * @param hardFail whether to throw if the address cannot be bound, instead of trying again
   * @throws IOException naming the server, the address and the reason; only with {@code hardFail}
   */
  void start(boolean hardFail) throws IOException {
    try {
      bind();
    } catch (IOException e) {
      if (hardFail) {
        throw e;
      }
      log.warn("{}; trying again every {} s", e.getMessage(), retryEvery.toSeconds());
      Thread.ofPlatform().daemon().name(name + "-bind").start(this::keepTrying);
    }
  }

  private void keepTrying() {
    while (!isClosed()) {
      try {
        Thread.sleep(retryEvery);
        bind();
        return;
      } catch (IOException e) {
        log.warn("{}; trying again in {} s", e.getMessage(), retryEvery.toSeconds());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private synchronized void bind() throws IOException {
    if (closed) {
      return;
    }
    try {
      HttpServer bound = HttpServer.create(address.toSocketAddress(), 0);
      bound.createContext("/", this::answer);
      bound.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      bound.start();
      server = bound;
      log.info("{} server listens on {}", name, address);
    } catch (IOException e) {
      throw new IOException(
          name + " server cannot listen on " + address + ": " + e.getMessage(), e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = answerTo(exchange);
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.contentType());
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(answer.status(), -1); // no body
      } else {
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }

  private Answer answerTo(HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return Answer.text(405, "only GET and HEAD\n");
    }
    Page page = pages.get(exchange.getRequestURI().getPath());
    if (page == null) {
      return Answer.text(404, "there is " + String.join(", ", pages.keySet()) + "\n");
    }
    try {
      List<String> accept = exchange.getRequestHeaders().getOrDefault("Accept", List.of());
      return page.get(String.join(",", accept));
    } catch (RuntimeException e) {
      log.error("{} server: {} failed", name, exchange.getRequestURI(), e);
      return Answer.text(500, "see the log\n");
    }
  }

  /** Where it listens; empty while it does not. */
  public synchronized Optional<InetSocketAddress> boundTo() {
    return Optional.ofNullable(server).map(HttpServer::getAddress);
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Stops serving and retrying. Requests under way are cut. */
  @Override
  public synchronized void close() {
    closed = true;
    if (server != null) {
      server.stop(0);
      server = null;
    }
  }
}
