package io.fairlead.lab.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.ipvs.Ipvs;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.jna.Netlink;
import io.fairlead.netlink.jna.NetlinkOptions;
import io.fairlead.netlink.jna.PrivateNamespace;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** An IPVS table in a network namespace of its own, and the tools that look at it from outside. */
final class LabIpvs implements Closeable {
  private final PrivateNamespace namespace;
  private final Ipvs ipvs;

  private LabIpvs(PrivateNamespace namespace, Ipvs ipvs) {
    this.namespace = namespace;
    this.ipvs = ipvs;
  }

  /** A new namespace whose loopback device is up. */
  static LabIpvs create() throws IOException {
    LabIpvs lab = withoutLoopback();
    lab.run("", "ip", "link", "set", "lo", "up");
    return lab;
  }

  static LabIpvs withoutLoopback() throws IOException {
    PrivateNamespace namespace = PrivateNamespace.create();
    var options = NetlinkOptions.DEFAULT.in(namespace.namespace());
    return new LabIpvs(namespace, Ipvs.open(Netlink.open(NetlinkConnection.GENERIC, options)));
  }

  Ipvs ipvs() {
    return ipvs;
  }

  /** What {@code ipvsadm -Sn} prints, sorted, since the kernel keeps hash tables. */
  List<String> saved() throws IOException {
    return run("", "ipvsadm", "-S", "-n").lines().map(String::strip).sorted().toList();
  }

  /** Feeds lines to {@code ipvsadm -R}. */
  void restore(List<String> rules) throws IOException {
    run(String.join("\n", rules) + "\n", "ipvsadm", "-R");
  }

  /** Runs a command inside the namespace and returns what it printed; it must succeed. */
  String run(String input, String... command) throws IOException {
    Process process =
        namespace
            .namespace()
            .call(() -> new ProcessBuilder(command).redirectErrorStream(true).start());
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.onExit().join().exitValue();
    assertEquals(0, status, () -> String.join(" ", command) + ": " + output);
    return output;
  }

  @Override
  public void close() {
    ipvs.close();
    namespace.close();
  }
}
