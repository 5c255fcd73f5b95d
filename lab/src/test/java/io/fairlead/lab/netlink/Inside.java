package io.fairlead.lab.netlink;

import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.jna.Netlink;
import io.fairlead.netlink.jna.NetlinkOptions;
import io.fairlead.netlink.jna.NetworkNamespace;
import io.fairlead.netlink.jna.PrivateNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A fresh network namespace, the connections into it, and the tools that look at it. */
final class Inside implements AutoCloseable {
  private final PrivateNamespace owner;

  private Inside(PrivateNamespace owner) {
    this.owner = owner;
  }

  static Inside create() throws NetlinkException {
    return new Inside(PrivateNamespace.create());
  }

  NetlinkConnection open(int protocol) throws NetlinkException {
    return Netlink.open(protocol, options());
  }

  NetlinkOptions options() {
    return NetlinkOptions.DEFAULT.in(owner.namespace());
  }

  /** Runs code in the namespace. */
  <T> T call(NetworkNamespace.Task<T, IOException> task) throws IOException {
    return owner.namespace().call(task);
  }

  /**
   * Runs a program in the namespace.
   *
   * @return what it printed
   * @throws AssertionError with what it printed, if it failed
   */
  String run(String... command) throws IOException, InterruptedException {
    return runWith("", command);
  }

  /** The same with something to read from standard input. */
  String runWith(String input, String... command) throws IOException, InterruptedException {
    Path file = Files.createTempFile("input", ".txt");
    try {
      Files.writeString(file, input);
      Process process =
          owner
              .namespace()
              .call(() ->
                  new ProcessBuilder(command)
                      .redirectErrorStream(true)
                      .redirectInput(file.toFile())
                      .start());
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new AssertionError(List.of(command) + " ended with " + status + ": " + output);
      }
      return output;
    } finally {
      Files.delete(file);
    }
  }

  @Override
  public void close() {
    owner.close();
  }
}
