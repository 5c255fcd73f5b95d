package io.fairlead.lab.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The running {@code fairlead run}: its log is shown as it comes, and can be waited for. */
final class Proxy implements AutoCloseable {
  /** Under emulation, a JVM takes several seconds to start. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** The lines of one pass come one after the other; what comes next should not be among them. */
  private static final Duration QUIET = Duration.ofMillis(200);

  private final Stage stage;
  private final Process process;
  private final StringBuilder log = new StringBuilder();
  private int read;
  private long appended = System.nanoTime();

  private Proxy(Stage stage, Process process) {
    this.stage = stage;
    this.process = process;
  }

  /** Starts it, and follows its log from now on. */
  static Proxy start(Stage stage, Shell shell, String... command) {
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
    appended = System.nanoTime();
    notifyAll();
  }

  /**
   * Waits for a line with this text that nobody has waited for before, passing over the lines
   * before it, and then for the log to be quiet. Returns the line.
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
    String line = log.substring(log.lastIndexOf("\n", at) + 1, read);
    while (System.nanoTime() - appended < QUIET.toNanos()) {
      wait(QUIET.toMillis());
    }
    return line;
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
