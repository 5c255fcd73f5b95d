package io.fairlead.lab.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The running {@code fairlead run}: its log is shown as it comes, and can be waited for. */
final class Proxy implements AutoCloseable {
  /** Under emulation, a JVM takes several seconds to start. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Stage stage;
  private final Process process;
  private final StringBuilder log = new StringBuilder();
  private int read;

  private Proxy(Stage stage, Process process) {
    this.stage = stage;
    this.process = process;
  }

  /** Starts it, and waits for its first sync. Returns it with the line of the log that says so. */
  static Proxy start(Stage stage, Shell shell, String... command) throws InterruptedException {
    Proxy proxy = new Proxy(stage, shell.start(command));
    Thread.ofPlatform().daemon().name("log").start(proxy::follow);
    return proxy;
  }

  private void follow() {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        stage.logged(line);
        append(line);
      }
    } catch (IOException _) {
      // The process has ended, which is seen where it matters.
    }
  }

  private synchronized void append(String line) {
    log.append(line).append('\n');
    notifyAll();
  }

  /**
   * Waits for a line with this text that nobody has waited for before, and passes over all lines
   * before it.
   */
  synchronized String await(String text) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (log.indexOf(text, read) < 0) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new IllegalStateException("the log does not come to say \"" + text + "\"");
      }
      wait(left);
    }
    int at = log.indexOf(text, read);
    read = log.indexOf("\n", at);
    return log.substring(log.lastIndexOf("\n", at) + 1, read);
  }

  long pid() {
    return process.pid();
  }

  /** Waits until it has ended by itself. */
  void awaitEnd() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("fairlead does not end");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
