package io.fairlead.ipvs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fairlead.core.dataplane.Forwarding;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerKey.Marked;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A file in the place of /proc/net/ip_vs: as ip_vs_info_seq_show would print it, or not quite. */
final class FakeListing {
  private static final String HEADER =
      """
      IP Virtual Server version 1.2.1 (size=4096)
      Prot LocalAddress:Port Scheduler Flags
        -> RemoteAddress:Port Forward Weight ActiveConn InActConn
      """;

  private final Path file;

  FakeListing(Path file) {
    this.file = file;
  }

  /** Prints virtual servers, each as {@code misprint} has it. */
  void print(Collection<VirtualServer> servers, UnaryOperator<String> misprint)
      throws IOException {
    String text =
        servers.stream().map(FakeListing::text).map(misprint).collect(Collectors.joining());
    Files.writeString(file, HEADER + text, US_ASCII);
  }

  void print(Collection<VirtualServer> servers) throws IOException {
    print(servers, text -> text);
  }

  void print(String text) throws IOException {
    Files.writeString(file, text, US_ASCII);
  }

  Listing open() throws IOException {
    return new Listing(FileChannel.open(file));
  }

  private static String text(VirtualServer server) {
    String first =
        switch (server.key()) {
          case Addressed key ->
              "%s  %s:%04X %s  \n"
                  .formatted(
                      key.protocol(), text(key.address()), key.port(), server.options().scheduler());
          case Marked key -> "FWM  %08X %s \n".formatted(key.mark(), server.options().scheduler());
        };
    return first
        + server.realServers().entrySet().stream()
            .map(each -> text(each.getKey(), each.getValue()))
            .collect(Collectors.joining());
  }

  private static String text(RealServer server, RealServerOptions options) {
    return "  -> %s:%04X      %-7s %-6d %-10d %-10d\n"
        .formatted(
            text(server.address()), server.port(), name(options.forwarding()), options.weight(), 7, 9);
  }

  private static String name(Forwarding forwarding) {
    return switch (forwarding) {
      case LOCAL_NODE -> "Local";
      case TUNNEL -> "Tunnel";
      case DIRECT_ROUTE -> "Route";
      case MASQUERADE, BYPASS -> "Masq";
    };
  }

  private static String text(IpAddress address) {
    if (address.family() == Family.IPV4) {
      return "%08X".formatted(address.lo());
    }
    return IntStream.range(0, 8)
        .mapToObj(i -> (i < 4 ? address.hi() : address.lo()) >>> (48 - 16 * (i % 4)) & 0xffff)
        .map(group -> String.format(Locale.ROOT, "%04x", group))
        .collect(Collectors.joining(":", "[", "]"));
  }
}
