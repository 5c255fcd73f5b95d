package io.fairlead.lab.rig;

import io.fairlead.netlink.jna.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A network namespace by the name that {@code ip netns} knows it by.
 *
 * <p>Code in it must read {@code /proc/thread-self/net}: {@code /proc/net} is that of the process's
 * first thread, which never moves.
 */
public record Namespace(String name) {
  /** What a program printed, both streams together, and its exit status. */
  public record Printed(int status, String text) {}

  /** For opening netlink connections and sockets inside. */
  public NetworkNamespace network() {
    return NetworkNamespace.named(name);
  }

  /** Does {@code task} inside, and waits for it. */
  public <T> T call(NetworkNamespace.Task<T, IOException> task) {
    try {
      return network().call(task);
    } catch (IOException e) {
      throw new UncheckedIOException("in namespace " + name, e);
    }
  }

  /**
   * Runs a program inside and returns what it printed.
   *
   * @throws IllegalStateException with all that it printed, if it failed
   */
  public String run(String... command) {
    return succeed(attempt(List.of(command), ""), command);
  }

  /** Runs a program that may fail. */
  public Printed attempt(String... command) {
    return attempt(List.of(command), "");
  }

  /** Runs many {@code ip} commands, one a line, in one process. */
  public void ip(String commands) {
    succeed(attempt(List.of("ip", "-batch", "-"), commands), "ip -batch:\n" + commands);
  }

  /** Loads nf_tables rules, all or none. */
  public void nft(String rules) {
    succeed(attempt(List.of("nft", "-f", "-"), rules), "nft -f:\n" + rules);
  }

  /** Loads virtual servers in the form that {@code ipvsadm -S} prints. */
  public void ipvsadm(String rules) {
    succeed(attempt(List.of("ipvsadm", "-R"), rules), "ipvsadm -R:\n" + rules);
  }

  /** Sets a kernel variable, such as {@code net/ipv4/ip_forward}. */
  public void sysctl(String variable, int value) {
    call(() -> Files.writeString(Path.of("/proc/sys", variable), Integer.toString(value)));
  }

  private Printed attempt(List<String> command, String input) {
    // A child process is born in the namespace of the thread that starts it.
    return call(() -> execute(command, input));
  }

  static Printed execute(List<String> command, String input) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
      in.write(input);
    }
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return new Printed(process.waitFor(), text);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IOException("interrupted while running " + command, e);
    }
  }

  static String succeed(Printed printed, String... command) {
    if (printed.status() != 0) {
      throw new IllegalStateException(
          "%s: exit status %d: %s"
              .formatted(String.join(" ", command), printed.status(), printed.text()));
    }
    return printed.text();
  }
}
