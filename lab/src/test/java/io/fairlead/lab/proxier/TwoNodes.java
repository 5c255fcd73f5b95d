package io.fairlead.lab.proxier;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.EndpointSlice.Endpoint;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Client;
import io.fairlead.lab.rig.Host;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Outcome;
import io.fairlead.lab.rig.Outcome.Answer;
import io.fairlead.lab.rig.Pod;
import io.fairlead.lab.rig.Rig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The stage of most tests: Fairlead on one node with two pods that serve and one that calls, a pod
 * on another node, and a client outside whose way leads through the first node.
 */
final class TwoNodes implements AutoCloseable {
  final Rig rig = Rig.create();
  final Node here = rig.node("here");
  final Node there = rig.node("there");
  final Pod near1 = here.pod("near1", "10.244.1.10", "fd00:244:1::10");
  final Pod near2 = here.pod("near2", "10.244.1.11", "fd00:244:1::11");
  final Pod caller = here.pod("caller", "10.244.1.20", "fd00:244:1::20");
  final Pod far = there.pod("far", "10.244.2.10", "fd00:244:2::10");
  final Client client = rig.client("client", here);
  private Optional<NodeProxy> proxy = Optional.empty();

  TwoNodes() {
    // The kernel sends one client six ICMP errors at once and then one a second.
    here.namespace().sysctl("net/ipv4/icmp_ratelimit", 0);
    here.namespace().sysctl("net/ipv6/icmp/ratelimit", 0);
    Stream.of(near1, near2, far).forEach(pod -> pod.serve(Objects.TARGET_PORT));
  }

  /** Starts Fairlead on the first node. */
  NodeProxy start(List<Object> objects, String... flags) {
    stop();
    NodeProxy started = NodeProxy.start(here, objects, flags);
    proxy = Optional.of(started);
    return started;
  }

  NodeProxy proxy() {
    return proxy.orElseThrow();
  }

  /** Ends the daemon as SIGTERM does. */
  void stop() {
    proxy.ifPresent(NodeProxy::close);
    proxy = Optional.empty();
  }

  /** The slices of a Service, one a family: {@code near1 far:terminating}. */
  List<Object> slices(Service service, String... endpoints) {
    return Stream.of(Family.values())
        .<Object>map(family -> slice(service, family, endpoints))
        .toList();
  }

  /**
   * One slice. An endpoint is a pod's name and, after colons, what the slice says of it: {@code
   * terminating} serves on, {@code gone} does not, {@code unready}, and {@code zone=a}.
   */
  EndpointSlice slice(Service service, Family family, String... endpoints) {
    return new EndpointSlice(
        new ObjectName(
            "default", service.name().name() + "-" + family.label().toLowerCase(Locale.ROOT)),
        service.name(),
        family,
        Stream.of(Protocol.values())
            .map(protocol -> new EndpointSlice.Port(protocol.name(), protocol, Objects.TARGET_PORT))
            .collect(ImmutableList.toImmutableList()),
        Stream.of(endpoints)
            .map(text -> endpoint(family, List.of(text.split(":"))))
            .collect(ImmutableList.toImmutableList()));
  }

  private Endpoint endpoint(Family family, List<String> words) {
    boolean terminating = words.contains("terminating") || words.contains("gone");
    return new Endpoint(
        pod(words.getFirst()).addresses().of(family),
        Optional.of(words.getFirst().startsWith("near") ? here.name() : there.name()),
        !terminating && !words.contains("unready"),
        !words.contains("gone") && !words.contains("unready"),
        terminating,
        words.stream()
            .filter(word -> word.startsWith("zone="))
            .map(word -> word.substring("zone=".length()))
            .collect(ImmutableSet.toImmutableSet()),
        ImmutableSet.of());
  }

  private Pod pod(String name) {
    return switch (name) {
      case "near1" -> near1;
      case "near2" -> near2;
      case "far" -> far;
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Who answers if asked often enough that each had its turn: names, with spaces. */
  static String answering(Host from, IpAddress vip, int port, Protocol protocol) {
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < 6; i++) {
      Outcome outcome = ask(from, vip, port, protocol);
      names.add(outcome instanceof Answer(String pod, IpAddress _) ? pod : outcome.toString());
    }
    return String.join(" ", names);
  }

  /** The sources that the servers saw, of a few questions. */
  static Set<IpAddress> sources(Host from, IpAddress vip, int port, Protocol protocol) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      outcomes.add(ask(from, vip, port, protocol));
    }
    return outcomes.stream()
        .map(outcome ->
            outcome instanceof Answer(String _, IpAddress source)
                ? source
                : fail(outcome, from, vip))
        .collect(ImmutableSet.toImmutableSet());
  }

  private static IpAddress fail(Outcome outcome, Host from, IpAddress vip) {
    throw new AssertionError(from.name() + " to " + vip + ": " + outcome);
  }

  static Outcome ask(Host from, IpAddress vip, int port, Protocol protocol) {
    return switch (protocol) {
      case TCP -> from.tcp(vip, port);
      case UDP -> from.udp(vip, port);
      case SCTP -> from.sctp(vip, port);
    };
  }

  /** The real servers of a virtual server, as {@code ipvsadm -Sn} prints them. */
  List<String> realServers(String virtualServer) {
    return here.namespace()
        .run("ipvsadm", "-Sn")
        .lines()
        .filter(line -> line.startsWith("-a " + virtualServer + " "))
        .map(line -> line.replaceAll(".* -r (\\S+).* -w (\\d+).*", "$1 w$2"))
        .sorted()
        .toList();
  }

  /** The lines of {@code ipvsadm -Sn} that are about virtual servers. */
  List<String> virtualServers() {
    return here.namespace()
        .run("ipvsadm", "-Sn")
        .lines()
        .filter(line -> line.startsWith("-A"))
        .map(String::strip)
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    stop();
    rig.close();
  }
}
