package io.fairlead.core.reconcile;

import static io.fairlead.core.cluster.TestObjects.ip;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Forwarding;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerKey.Marked;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One virtual server into another: what is built, and what goes at the very end. */
class DiffTest {
  private static final VirtualServerKey TCP = new Addressed(ip("10.96.0.1"), 80, Protocol.TCP);
  private static final VirtualServerKey UDP = new Addressed(ip("10.96.0.1"), 53, Protocol.UDP);
  private static final VirtualServerKey SCTP = new Addressed(ip("10.96.0.1"), 80, Protocol.SCTP);
  private static final VirtualServerKey MARK = new Marked(7, Family.IPV4);
  private static final String NOT_THERE = "";

  /**
   * A virtual server is a scheduler and real servers with their weights, as in {@code rr A1 B0}.
   *
   * @param idle real servers without connections
   * @param expect what is built, {@code |}, what is removed later
   */
  record Case(
      String name,
      VirtualServerKey key,
      String have,
      String want,
      Set<String> idle,
      String expect) {
    Case(String name, VirtualServerKey key, String have, String want, String expect) {
      this(name, key, have, want, Set.of(), expect);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("nothing to do", TCP, "rr A1 B1", "rr A1 B1", "|"),
        // Other nodes begin with A.
        new Case("a new one", TCP, NOT_THERE, "rr A1 B1", "add, add B1, add A1 |"),
        new Case("one that hashes", TCP, NOT_THERE, "mh A1 B1", "add, add A1, add B1 |"),
        new Case("a new one without real servers", TCP, NOT_THERE, "rr", "add |"),
        new Case("one real server more", TCP, "rr A1", "rr A1 B1", "add B1 |"),
        new Case("the scheduler, in place", TCP, "rr A1", "wlc A1", "edit |"),
        new Case("a weight, in place", TCP, "rr A7", "rr A1", "edit A1 |"),
        new Case("P18 a leftover weight of 0", TCP, "rr A0", "rr A1", "edit A1 |"),
        new Case("P19 TCP drains", TCP, "rr A1 B1", "rr A1", "edit B0 |"),
        new Case("P19 and is left alone then", TCP, "rr A1 B0", "rr A1", "|"),
        new Case("P19 until it is idle", TCP, "rr A1 B0", "rr A1", Set.of("B"), "| remove B"),
        new Case("P20 UDP goes at once", UDP, "rr A1 B1", "rr A1", "| remove B"),
        new Case("SCTP drains", SCTP, "rr A1 B1", "rr A1", "edit B0 |"),
        new Case("a mark may be TCP's", MARK, "rr A1 B1", "rr A1", "edit B0 |"),
        new Case("P21 back while draining", TCP, "rr A1 B0", "rr A1 B1", "edit B1 |"),
        new Case("P21 back and idle", TCP, "rr A1 B0", "rr A1 B1", Set.of("B"), "edit B1 |"),
        new Case("a swap adds before it drains", TCP, "rr A1", "rr B1", "add B1, edit A0 |"),
        new Case("a swap adds before it removes", UDP, "rr A1", "rr B1", "add B1 | remove A"),
        new Case("the last one drains, too", TCP, "rr A1", "rr", "edit A0 |"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void reaches(Case c) {
    List<Change> build = new ArrayList<>();
    List<Change> remove = new ArrayList<>();

    new Diff("here")
        .toward(
            server(c.key, c.want).orElseThrow(),
            server(c.key, c.have),
            !c.key.equals(UDP),
            c.idle.stream().map(DiffTest::realServer).collect(ImmutableSet.toImmutableSet()),
            build,
            build,
            remove);

    assertEquals(c.expect, (text(build) + " | " + text(remove)).trim());
  }

  @ParameterizedTest
  @MethodSource("forwardings")
  void drainingKeepsForwardingAndThresholds(Forwarding forwarding) {
    List<Change> build = new ArrayList<>();
    var held = new RealServerOptions(3, forwarding, 9, 2);

    new Diff("here")
        .toward(
            server(TCP, "rr").orElseThrow(),
            Optional.of(
                new VirtualServer(
                    TCP, options("rr"), ImmutableSortedMap.of(realServer("A"), held))),
            true,
            ImmutableSet.of(),
            build,
            build,
            build);

    assertEquals(
        List.of(
            new Change.EditRealServer(
                TCP, realServer("A"), new RealServerOptions(0, forwarding, 9, 2))),
        build);
  }

  static Stream<Forwarding> forwardings() {
    return Stream.of(Forwarding.values());
  }

  private static Optional<VirtualServer> server(VirtualServerKey key, String text) {
    if (text.equals(NOT_THERE)) {
      return Optional.empty();
    }
    List<String> words = List.of(text.split(" "));
    var real = ImmutableSortedMap.<RealServer, RealServerOptions>naturalOrder();
    for (String word : words.subList(1, words.size())) {
      int weight = Integer.parseInt(word.substring(1));
      real.put(realServer(word.substring(0, 1)), RealServerOptions.masquerade(weight));
    }
    return Optional.of(new VirtualServer(key, options(words.getFirst()), real.build()));
  }

  private static VirtualServerOptions options(String scheduler) {
    return new VirtualServerOptions(scheduler, 0, 0, 32);
  }

  private static RealServer realServer(String letter) {
    return new RealServer(ip("10.0.1." + Map.of("A", 1, "B", 2).get(letter)), 80);
  }

  private static String letter(RealServer server) {
    return server.equals(realServer("A")) ? "A" : "B";
  }

  private static String text(List<Change> changes) {
    return changes.stream().map(DiffTest::text).collect(joining(", "));
  }

  private static String text(Change change) {
    return switch (change) {
      case Change.AddVirtualServer _ -> "add";
      case Change.EditVirtualServer _ -> "edit";
      case Change.AddRealServer(_, var server, var options) ->
          "add " + letter(server) + options.weight();
      case Change.EditRealServer(_, var server, var options) ->
          "edit " + letter(server) + options.weight();
      case Change.RemoveRealServer(_, var server) -> "remove " + letter(server);
      case Change.RemoveVirtualServer _,
          Change.CreateDevice _,
          Change.ReplaceFilter _,
          Change.EditFilter _,
          Change.BindAddress _,
          Change.ForgetFlows _,
          Change.UnbindAddress _ ->
          throw new AssertionError("not of one virtual server that is wanted: " + change);
    };
  }
}
