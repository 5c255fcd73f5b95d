package io.fairlead.lab.model;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.dataplane.Forwarding;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerKey.Marked;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What {@code ipvsadm -Sn} prints: one command a line, each real server after its virtual server.
 */
final class IpvsadmListing {
  private final Map<VirtualServerKey, VirtualServerOptions> options = new HashMap<>();
  private final Map<VirtualServerKey, TreeMap<RealServer, RealServerOptions>> realServers =
      new HashMap<>();
  private Optional<VirtualServerKey> current = Optional.empty();

  private IpvsadmListing() {}

  static Map<VirtualServerKey, VirtualServer> parse(String text) {
    var listing = new IpvsadmListing();
    text.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(listing::line);
    Map<VirtualServerKey, VirtualServer> all = new TreeMap<>();
    listing.options.forEach((key, chosen) -> {
      var servers =
          ImmutableSortedMap.copyOfSorted(listing.realServers.getOrDefault(key, new TreeMap<>()));
      all.put(key, new VirtualServer(key, chosen, servers));
    });
    return all;
  }

  private void line(String line) {
    List<String> words = Splitter.on(' ').omitEmptyStrings().splitToList(line);
    switch (words.getFirst()) {
      case "-A" -> virtualServer(words);
      case "-a" -> realServer(words);
      default -> throw new AssertionError("not a line of ipvsadm: " + line);
    }
  }

  private void virtualServer(List<String> words) {
    Family family = words.contains("-6") ? Family.IPV6 : Family.IPV4;
    VirtualServerKey key = key(words.get(1), words.get(2), family);
    String scheduler = "";
    int flags = 0;
    int seconds = 0;
    Iterator<String> rest = words.subList(3, words.size()).iterator();
    while (rest.hasNext()) {
      switch (rest.next()) {
        case "-s" -> scheduler = rest.next();
        case "-p" -> {
          flags |= VirtualServerOptions.PERSISTENT;
          seconds = Integer.parseInt(rest.next());
        }
        case "-b" -> flags |= schedulerFlags(rest.next());
        case "-6" -> {}
        default -> throw new AssertionError(words + ": an option that Fairlead never sets");
      }
    }
    options.put(key, new VirtualServerOptions(scheduler, flags, seconds, key.family().bits()));
    realServers.put(key, new TreeMap<>());
    current = Optional.of(key);
  }

  private static int schedulerFlags(String names) {
    int flags = 0;
    for (String name : Splitter.on(',').split(names)) {
      flags |=
          switch (name) {
            case "flag-1", "sh-fallback", "mh-fallback" -> 0x8;
            case "flag-2", "sh-port", "mh-port" -> 0x10;
            default -> throw new AssertionError(name + " is a flag that Fairlead never sets");
          };
    }
    return flags;
  }

  /** The virtual server is repeated, but without its family if it goes by mark. */
  private void realServer(List<String> words) {
    TreeMap<RealServer, RealServerOptions> servers =
        Optional.ofNullable(realServers.get(current.orElseThrow())).orElseThrow();
    if (!words.contains("-m")) {
      throw new AssertionError(words + ": not masqueraded");
    }
    int weight = Integer.parseInt(words.get(words.indexOf("-w") + 1));
    servers.put(
        hostPort(words.get(words.indexOf("-r") + 1)),
        new RealServerOptions(weight, Forwarding.MASQUERADE, 0, 0));
  }

  private static VirtualServerKey key(String option, String value, Family family) {
    return switch (option) {
      case "-t" -> addressed(value, Protocol.TCP);
      case "-u" -> addressed(value, Protocol.UDP);
      case "--sctp-service" -> addressed(value, Protocol.SCTP);
      case "-f" -> new Marked(Integer.parseUnsignedInt(value), family);
      default -> throw new AssertionError(option + " " + value);
    };
  }

  private static Addressed addressed(String value, Protocol protocol) {
    RealServer at = hostPort(value);
    return new Addressed(at.address(), at.port(), protocol);
  }

  private static RealServer hostPort(String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, colon).replace("[", "").replace("]", "");
    return new RealServer(IpAddress.parse(host), Integer.parseInt(text.substring(colon + 1)));
  }
}
