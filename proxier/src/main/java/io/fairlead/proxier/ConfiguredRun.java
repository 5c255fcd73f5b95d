package io.fairlead.proxier;

import io.fairlead.proxier.log.Logging;
import io.fairlead.proxier.settings.RunArguments;
import io.fairlead.proxier.settings.RunArguments.Accepted;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code fairlead run} until SIGTERM: a daemon, and another one in its place whenever its
 * configuration file changes. That is safe for every setting, since a daemon that starts changes in
 * the kernel only what is not as it should be.
 */
final class ConfiguredRun {
  private static final Logger log = LoggerFactory.getLogger(Fairlead.class);
  private static final int ENDED_WELL = 0;
  private static final int CANNOT_START = 1;

  private final Supplier<RunArguments> reader;
  private final CountDownLatch ended = new CountDownLatch(1);

  private Optional<Daemon> running = Optional.empty();
  private Optional<Accepted> next = Optional.empty();
  private boolean stopped;

  /**
   * @param reader reads the arguments again, and with them the file
   */
  ConfiguredRun(Supplier<RunArguments> reader) {
    this.reader = reader;
  }

  /** Runs, and returns the exit status. */
  int from(Accepted first) throws InterruptedException {
    // SIGTERM: the process must not end in the middle of a pass. (Waiting for this thread instead
    // would never end: it is itself stuck in exit() while the hooks run.)
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
    try {
      for (Optional<Accepted> now = Optional.of(first); now.isPresent(); ) {
        now = serve(now.get());
      }
      Logging.lastWord(log.getName(), "stopped; the kernel keeps what it has");
      return ENDED_WELL;
    } catch (CannotStartException e) {
      e.problems().forEach(log::error);
      return CANNOT_START;
    } finally {
      ended.countDown();
    }
  }

  /** Runs one daemon, and returns what the next one is to be, if there is to be one. */
  private Optional<Accepted> serve(Accepted accepted)
      throws CannotStartException, InterruptedException {
    Logging.configure(accepted.settings().verbosity());
    accepted.warnings().forEach(log::warn);
    try (Daemon daemon = Daemon.start(accepted.settings())) {
      Optional<ConfigWatch> watch =
          accepted
              .config()
              .map(file -> ConfigWatch.start(file, reader, accepted.settings(), this::changed));
      if (begin(daemon)) {
        daemon.run();
      }
      watch.ifPresent(ConfigWatch::close);
    }
    return end();
  }

  private synchronized boolean begin(Daemon daemon) {
    running = Optional.of(daemon);
    return !stopped && next.isEmpty();
  }

  private synchronized Optional<Accepted> end() {
    Optional<Accepted> successor = stopped ? Optional.empty() : next;
    running = Optional.empty();
    next = Optional.empty();
    return successor;
  }

  private synchronized void changed(Accepted accepted) {
    next = Optional.of(accepted);
    running.ifPresent(Daemon::stop);
  }

  private void stop() {
    synchronized (this) {
      stopped = true;
      running.ifPresent(Daemon::stop);
    }
    try {
      if (!ended.await(5, TimeUnit.SECONDS)) {
        System.err.println("fairlead: the pass under way takes too long; not waiting for it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
