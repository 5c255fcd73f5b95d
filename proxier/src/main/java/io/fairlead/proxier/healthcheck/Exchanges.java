package io.fairlead.proxier.healthcheck;

import io.fairlead.core.cluster.ObjectName;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The connections that are open. They are few and short: one that is slow ends after a time, and
 * sooner when there are too many.
 */
final class Exchanges {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MAX_OPEN = 256;

  private final Selector selector;
  private final BiFunction<ObjectName, String, Optional<Response>> answers;
  private final Set<Exchange> open = new LinkedHashSet<>(); // the oldest first

  /**
   * @param answers by Service and a request's first line; empty if the Service has no check any
   *     more
   */
  Exchanges(Selector selector, BiFunction<ObjectName, String, Optional<Response>> answers) {
    this.selector = selector;
    this.answers = answers;
  }

  /** Takes on a connection that came to this Service's port. */
  void add(SocketChannel channel, ObjectName service) throws IOException {
    if (open.size() >= MAX_OPEN) {
      close(open.iterator().next());
    }
    Exchange exchange = new Exchange(channel, service, System.nanoTime() + PATIENCE.toNanos());
    open.add(exchange);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, exchange);
  }

  /** Goes on with a connection on which something has come. */
  void ready(Exchange exchange) {
    try {
      Optional<String> request = exchange.read();
      if (request.isPresent()) {
        Optional<Response> answer = answers.apply(exchange.service(), request.get());
        if (answer.isPresent()) {
          exchange.answer(answer.get());
        }
        close(exchange);
      } else if (exchange.isTooLarge()) {
        exchange.answer(Response.tooLarge());
        close(exchange);
      }
    } catch (IOException e) {
      close(exchange); // the client went away
    }
  }

  /** Ends those that take too long; gives the nanoseconds until the next does, if any is open. */
  Optional<Long> expire() {
    long now = System.nanoTime();
    while (!open.isEmpty()) {
      Exchange oldest = open.iterator().next();
      if (oldest.left(now) > 0) {
        return Optional.of(oldest.left(now));
      }
      close(oldest);
    }
    return Optional.empty();
  }

  void close() {
    Set.copyOf(open).forEach(this::close);
  }

  private void close(Exchange exchange) {
    open.remove(exchange);
    exchange.close();
  }
}
