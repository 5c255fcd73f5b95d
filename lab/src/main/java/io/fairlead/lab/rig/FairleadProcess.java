package io.fairlead.lab.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged {@code fairlead run} on a node, as a process of its own. */
public final class FairleadProcess implements AutoCloseable {
  /** Under emulation, and with others at work, a JVM takes its time. */
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** Where lab/kernel-tests puts the packaged command. */
  public static final Path HOME = Path.of("/run/fairlead-command");

  private final Node node;
  private final Process process;
  private final long began;
  private final StringBuilder log = new StringBuilder();

  private FairleadProcess(Node node, Process process, long began) {
    this.node = node;
    this.process = process;
    this.began = began;
  }

  /**
   * Starts it as it is packaged.
   *
   * @param home the folder with bin/ and lib/
   * @param flags beyond the node's name and the ownership record, which go without saying
   * @param environment beyond this process's own
   */
  public static FairleadProcess start(
      Path home, Node node, List<String> flags, Map<String, String> environment) {
    return start(List.of(command(home)), node, flags, environment);
  }

  /**
   * Starts it as it is packaged, with a better claim to the one emulated processor than users and
   * pods, which would not share one with it on a real node.
   *
   * @param home the folder with bin/ and lib/
   * @param flags beyond the node's name and the ownership record, which go without saying
   */
  public static FairleadProcess startFirst(Path home, Node node, List<String> flags) {
    return start(List.of("nice", "-n-10", command(home)), node, flags, Map.of());
  }

  private static String command(Path home) {
    return home.resolve("bin/fairlead").toString();
  }

  private static FairleadProcess start(
      List<String> program, Node node, List<String> flags, Map<String, String> environment) {
    List<String> command = new ArrayList<>(program);
    command.add("run");
    command.add("--hostname-override=" + node.name());
    command.add("--ownership-record=/run/fairlead/" + node.namespace().name());
    command.addAll(flags);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    long began = System.nanoTime();
    Process process = node.namespace().call(builder::start);
    FairleadProcess started = new FairleadProcess(node, process, began);
    Thread.ofPlatform().daemon().name("log of " + node.name()).start(started::follow);
    return started;
  }

  private void follow() {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        append(line);
      }
    } catch (IOException _) {
      // It has ended, which is seen where it matters.
    }
  }

  private synchronized void append(String line) {
    log.append(line).append('\n');
    notifyAll();
  }

  /** The node that it serves. */
  public Node node() {
    return node;
  }

  /** All that it has said so far. */
  public synchronized String log() {
    return log.toString();
  }

  /** Its process, for looking at it from outside. */
  public long pid() {
    return process.pid();
  }

  /**
   * Waits until the kernel is as the API server has it.
   *
   * @return how long that took since the process was started
   */
  public Duration awaitFirstSync() throws InterruptedException {
    return awaitFirstSync(PATIENCE);
  }

  /** The same, for a cluster that takes its time. */
  public Duration awaitFirstSync(Duration patience) throws InterruptedException {
    await("first sync done", began + patience.toNanos());
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** Waits until it has said this. */
  public void await(String said) throws InterruptedException {
    await(said, System.nanoTime() + PATIENCE.toNanos());
  }

  private synchronized void await(String said, long deadline) throws InterruptedException {
    while (log.indexOf(said) < 0) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        throw new IllegalStateException(
            "fairlead on " + node.name() + " does not say \"" + said + "\":\n" + log);
      }
      TimeUnit.SECONDS.timedWait(this, 1);
    }
  }

  /** Ends it by SIGTERM, and waits. */
  public void terminate() throws InterruptedException {
    process.destroy();
    awaitEnd();
  }

  /** Ends it by SIGKILL, and waits. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    awaitEnd();
  }

  private void awaitEnd() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("fairlead on " + node.name() + " does not end:\n" + log());
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
