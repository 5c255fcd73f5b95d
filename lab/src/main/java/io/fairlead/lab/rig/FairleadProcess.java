package io.fairlead.lab.rig;

import com.google.common.base.Splitter;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** {@code fairlead run} on a node, as a process of its own. */
public final class FairleadProcess implements AutoCloseable {
  /** Under emulation, and with others at work, a JVM takes its time. */
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** What a JVM keeps of the classes that an earlier one has loaded: it starts in half the time. */
  private static final Path ARCHIVE =
      Path.of(System.getProperty("java.io.tmpdir"), "fairlead-lab.jsa");

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
   * Starts it with this process's Java and classes.
   *
   * @param flags beyond the node's name and the ownership record, which go without saying
   */
  public static FairleadProcess start(Node node, List<String> flags) {
    return start(node, java(), flags, Map.of());
  }

  /**
   * Starts it as it is packaged.
   *
   * @param home the folder with bin/ and lib/
   * @param environment beyond this process's own
   */
  public static FairleadProcess packaged(
      Path home, Node node, List<String> flags, Map<String, String> environment) {
    return start(node, List.of(home.resolve("bin/fairlead").toString(), "run"), flags, environment);
  }

  private static FairleadProcess start(
      Node node, List<String> program, List<String> flags, Map<String, String> environment) {
    List<String> command = new ArrayList<>(program);
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

  /** Starts and ends it once, unless that was done before, so that it starts faster from now on. */
  public static void rehearse(Node node, List<String> flags) throws InterruptedException {
    if (!Files.exists(ARCHIVE)) {
      try (FairleadProcess first = start(node, flags)) {
        first.awaitFirstSync();
        first.terminate();
      }
    }
  }

  /**
   * With the options of the packaged command, and with a better claim to the one emulated processor
   * than users and pods, which would not share one with it on a real node.
   */
  private static List<String> java() {
    return List.of(
        "nice",
        "-n-10",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseCompactObjectHeaders",
        "-Xshare:auto",
        "-Xms4m",
        "-Xmx128m",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-XX:+AutoCreateSharedArchive",
        "-XX:SharedArchiveFile=" + ARCHIVE,
        "-cp",
        classPath(),
        "io.fairlead.proxier.Fairlead",
        "run");
  }

  /** Without the lab's own classes: they come in folders, of which a JVM keeps nothing. */
  private static String classPath() {
    return Splitter.on(File.pathSeparatorChar)
        .splitToStream(System.getProperty("java.class.path"))
        .filter(entry -> !Files.isDirectory(Path.of(entry, "io", "fairlead", "lab")))
        .collect(Collectors.joining(File.pathSeparator));
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
  public synchronized Duration awaitFirstSync() throws InterruptedException {
    long deadline = began + PATIENCE.toNanos();
    while (log.indexOf("first sync done") < 0) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        throw new IllegalStateException("fairlead on " + node.name() + " does not start:\n" + log);
      }
      TimeUnit.SECONDS.timedWait(this, 1);
    }
    return Duration.ofNanos(System.nanoTime() - began);
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
