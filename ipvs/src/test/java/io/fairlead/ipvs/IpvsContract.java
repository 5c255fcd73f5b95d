package io.fairlead.ipvs;

import static io.fairlead.core.dataplane.VirtualServerOptions.ONE_PACKET;
import static io.fairlead.core.dataplane.VirtualServerOptions.PERSISTENT;
import static io.fairlead.core.dataplane.VirtualServerOptions.SCHEDULER_FLAG_1;
import static io.fairlead.core.dataplane.VirtualServerOptions.SCHEDULER_FLAG_2;
import static io.fairlead.core.dataplane.VirtualServerOptions.SCHEDULER_FLAG_3;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.dataplane.Connections;
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
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetlinkException;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What IPVS does, whichever kernel is behind it: the fake one and the real one are both held to
 * this. Each test starts with an empty table in a network namespace whose loopback device is up.
 */
public interface IpvsContract {
  List<String> SCHEDULERS =
      List.of(
          "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq", "fo", "ovf", "mh");
  int SCHEDULER_FLAGS = SCHEDULER_FLAG_1 | SCHEDULER_FLAG_2 | SCHEDULER_FLAG_3;

  Addressed WEB = new Addressed(IpAddress.parse("10.96.0.10"), 80, Protocol.TCP);
  Addressed WEB6 = new Addressed(IpAddress.parse("fd00:96::a"), 80, Protocol.TCP);
  Marked MARK = new Marked(0x8000_0001, Family.IPV4);
  RealServer POD = new RealServer(IpAddress.parse("10.244.1.7"), 8080);
  RealServer POD6 = new RealServer(IpAddress.parse("fd00:244::7"), 8080);
  RealServerOptions SERVING = RealServerOptions.masquerade(1);

  /** The table under test. */
  Ipvs ipvs();

  /** Another one, whose loopback device is down. */
  Ipvs withoutLoopback() throws Exception;

  static VirtualServerOptions scheduled(String scheduler) {
    return new VirtualServerOptions(scheduler, 0, 0, 32);
  }

  static VirtualServerOptions scheduled6(String scheduler) {
    return new VirtualServerOptions(scheduler, 0, 0, 128);
  }

  /** Virtual servers of every protocol, family, scheduler and flag. */
  static Stream<VirtualServer> everyKind() {
    var kinds = Stream.<VirtualServer>builder();
    int port = 1;
    for (Protocol protocol : Protocol.values()) {
      for (String scheduler : SCHEDULERS) {
        kinds.add(empty(new Addressed(WEB.address(), port, protocol), scheduled(scheduler)));
        kinds.add(empty(new Addressed(WEB6.address(), port, protocol), scheduled6(scheduler)));
        port++;
      }
    }
    int[] flags = {
      ONE_PACKET, SCHEDULER_FLAG_1, SCHEDULER_FLAG_2, SCHEDULER_FLAG_3, SCHEDULER_FLAGS
    };
    for (int flag : flags) {
      var key = new Addressed(WEB.address(), port++, Protocol.UDP);
      kinds.add(empty(key, new VirtualServerOptions("mh", flag, 0, 32)));
    }
    for (int prefix : new int[] {0, 1, 8, 24, 31, 32}) {
      var key = new Addressed(WEB.address(), port++, Protocol.TCP);
      kinds.add(empty(key, new VirtualServerOptions("rr", PERSISTENT, 10800, prefix)));
    }
    for (int prefix : new int[] {1, 64, 127, 128}) {
      var key = new Addressed(WEB6.address(), port++, Protocol.TCP);
      kinds.add(empty(key, new VirtualServerOptions("rr", PERSISTENT, 86400, prefix)));
    }
    kinds.add(empty(new Addressed(WEB.address(), 0xffff, Protocol.TCP), scheduled("rr")));
    var allPorts = new Addressed(WEB.address(), 0, Protocol.TCP);
    kinds.add(empty(allPorts, new VirtualServerOptions("rr", PERSISTENT, 300, 32)));
    kinds.add(empty(new Marked(1, Family.IPV4), scheduled("rr")));
    kinds.add(empty(new Marked(1, Family.IPV6), scheduled6("wrr")));
    kinds.add(empty(MARK, scheduled("sh")));
    return kinds.build();
  }

  static VirtualServer empty(VirtualServerKey key, VirtualServerOptions options) {
    return new VirtualServer(key, options, ImmutableSortedMap.of());
  }

  @Test
  default void aNewTableIsEmpty() throws Exception {
    assertEquals(ImmutableSortedMap.of(), ipvs().virtualServers());
    assertEquals(ImmutableSortedMap.of(), ipvs().statistics());
  }

  @Test
  default void everyKindOfVirtualServerReadsBackAsItWasWritten() throws Exception {
    var written = new TreeMap<VirtualServerKey, VirtualServer>();
    everyKind().forEach(server -> written.put(server.key(), server));
    IpvsBatch batch = ipvs().batch();
    for (VirtualServer server : written.values()) {
      batch.addVirtualServer(0, server.key(), server.options());
    }

    assertEquals(List.of(), batch.finish());
    assertEquals(written, ipvs().virtualServers());
    assertEquals(written.keySet(), ipvs().statistics().keySet());

    for (VirtualServerKey key : written.keySet()) {
      batch.removeVirtualServer(0, key);
    }
    assertEquals(List.of(), batch.finish());
    assertEquals(ImmutableSortedMap.of(), ipvs().virtualServers());
  }

  @Test
  default void realServersReadBackAsTheyWereWritten() throws Exception {
    var written = new TreeMap<RealServer, RealServerOptions>();
    written.put(POD, SERVING);
    written.put(new RealServer(POD.address(), 0), RealServerOptions.masquerade(0));
    written.put(new RealServer(POD.address(), 0xffff), RealServerOptions.masquerade(65535));
    for (Forwarding forwarding : Forwarding.values()) {
      var server = new RealServer(POD.address(), 9000 + forwarding.number());
      written.put(server, new RealServerOptions(7, forwarding, 100, 90));
    }
    IpvsBatch batch = ipvs().batch();
    batch.addVirtualServer(0, WEB, scheduled("wrr"));
    for (var server : written.entrySet()) {
      batch.addRealServer(0, WEB, server.getKey(), server.getValue());
    }

    assertEquals(List.of(), batch.finish());
    assertEquals(written, ipvs().realServers(WEB));
    assertEquals(written, requireNonNull(ipvs().virtualServers().get(WEB)).realServers());
    assertEquals(written.keySet(), ipvs().connections(WEB).keySet());
    assertEquals(Connections.NONE, ipvs().connections(WEB).get(POD));
    assertEquals(
        new RealServerStatus(SERVING, Connections.NONE, Statistics.NONE),
        ipvs().status(WEB).get(POD));
  }

  @Test
  default void aTunnelMayLeadToTheOtherFamily() throws Exception {
    var tunnel = new RealServerOptions(1, Forwarding.TUNNEL, 0, 0);
    IpvsBatch batch = ipvs().batch();
    batch.addVirtualServer(0, WEB, scheduled("rr"));
    batch.addRealServer(0, WEB, POD6, tunnel);
    batch.addVirtualServer(0, WEB6, scheduled6("rr"));
    batch.addRealServer(0, WEB6, POD, tunnel);

    assertEquals(List.of(), batch.finish());
    assertEquals(ImmutableSortedMap.of(POD6, tunnel), ipvs().realServers(WEB));
    assertEquals(ImmutableSortedMap.of(POD, tunnel), ipvs().realServers(WEB6));
  }

  @Test
  default void anEditReplacesAllOptionsAndKeepsTheRealServers() throws Exception {
    IpvsBatch batch = ipvs().batch();
    batch.addVirtualServer(
        0, WEB, new VirtualServerOptions("mh", PERSISTENT | SCHEDULER_FLAG_1, 300, 24));
    batch.addRealServer(0, WEB, POD, SERVING);
    assertEquals(List.of(), batch.finish());

    var edited = new VirtualServerOptions("sh", SCHEDULER_FLAG_2, 0, 32);
    batch.editVirtualServer(0, WEB, edited);
    batch.editRealServer(0, WEB, POD, RealServerOptions.masquerade(0));

    assertEquals(List.of(), batch.finish());
    assertEquals(
        new VirtualServer(WEB, edited, ImmutableSortedMap.of(POD, RealServerOptions.masquerade(0))),
        ipvs().virtualServers().get(WEB));
  }

  @Test
  default void aRemovedVirtualServerTakesItsRealServersAlong() throws Exception {
    IpvsBatch batch = ipvs().batch();
    batch.addVirtualServer(0, MARK, scheduled("rr"));
    batch.addRealServer(0, MARK, POD, SERVING);
    batch.removeVirtualServer(0, MARK);
    batch.addVirtualServer(0, MARK, scheduled("rr"));

    assertEquals(List.of(), batch.finish());
    assertEquals(empty(MARK, scheduled("rr")), ipvs().virtualServers().get(MARK));
  }

  @Test
  default void aVirtualServerThatIsNotThereHasNoRealServers() throws Exception {
    assertEquals(ImmutableSortedMap.of(), ipvs().realServers(WEB));
    assertEquals(ImmutableSortedMap.of(), ipvs().connections(MARK));
  }

  /** A write, and the errno with which the kernel refuses it. */
  record Refused(String what, Write write, Command command, int errno, boolean drift) {
    @Override
    public String toString() {
      return what + ": " + Errno.name(errno);
    }
  }

  /** A write to a table that holds WEB with POD, and WEB6. */
  interface Write {
    void to(IpvsBatch batch) throws NetlinkException;
  }

  static Stream<Refused> refusals() {
    RealServer other = new RealServer(POD.address(), 1);
    RealServer multicast = new RealServer(IpAddress.parse("224.0.0.1"), 80);
    RealServer linkLocal = new RealServer(IpAddress.parse("fe80::1"), 80);
    RealServerOptions thresholds = new RealServerOptions(1, Forwarding.MASQUERADE, 1, 2);
    return Stream.of(
        new Refused(
            "add a virtual server that is there",
            b -> b.addVirtualServer(7, WEB, scheduled("rr")),
            Command.ADD_VIRTUAL_SERVER,
            Errno.EEXIST,
            true),
        new Refused(
            "add one with a scheduler that nobody wrote",
            b -> b.addVirtualServer(7, MARK, scheduled("nosuch")),
            Command.ADD_VIRTUAL_SERVER,
            Errno.ENOENT,
            false),
        new Refused(
            "edit one that is not there",
            b -> b.editVirtualServer(7, MARK, scheduled("rr")),
            Command.EDIT_VIRTUAL_SERVER,
            Errno.ESRCH,
            true),
        new Refused(
            "give one a scheduler that nobody wrote",
            b -> b.editVirtualServer(7, WEB, scheduled("nosuch")),
            Command.EDIT_VIRTUAL_SERVER,
            Errno.ENOENT,
            false),
        new Refused(
            "remove one that is not there",
            b -> b.removeVirtualServer(7, MARK),
            Command.REMOVE_VIRTUAL_SERVER,
            Errno.ESRCH,
            true),
        new Refused(
            "add a real server to none",
            b -> b.addRealServer(7, MARK, POD, SERVING),
            Command.ADD_REAL_SERVER,
            Errno.ESRCH,
            true),
        new Refused(
            "add a real server that is there",
            b -> b.addRealServer(7, WEB, POD, SERVING),
            Command.ADD_REAL_SERVER,
            Errno.EEXIST,
            true),
        new Refused(
            "add a multicast real server",
            b -> b.addRealServer(7, WEB, multicast, SERVING),
            Command.ADD_REAL_SERVER,
            Errno.EINVAL,
            false),
        new Refused(
            "add a link-local real server",
            b -> b.addRealServer(7, WEB6, linkLocal, SERVING),
            Command.ADD_REAL_SERVER,
            Errno.EINVAL,
            false),
        new Refused(
            "masquerade to the other family",
            b -> b.addRealServer(7, WEB, POD6, SERVING),
            Command.ADD_REAL_SERVER,
            Errno.EINVAL,
            false),
        new Refused(
            "a lower threshold above the upper one",
            b -> b.addRealServer(7, WEB, other, thresholds),
            Command.ADD_REAL_SERVER,
            Errno.ERANGE,
            false),
        new Refused(
            "edit a real server of none",
            b -> b.editRealServer(7, MARK, POD, SERVING),
            Command.EDIT_REAL_SERVER,
            Errno.ESRCH,
            true),
        new Refused(
            "edit a real server that is not there",
            b -> b.editRealServer(7, WEB, other, SERVING),
            Command.EDIT_REAL_SERVER,
            Errno.ENOENT,
            true),
        new Refused(
            "give a real server thresholds in the wrong order",
            b -> b.editRealServer(7, WEB, POD, thresholds),
            Command.EDIT_REAL_SERVER,
            Errno.ERANGE,
            false),
        new Refused(
            "remove a real server of none",
            b -> b.removeRealServer(7, MARK, POD),
            Command.REMOVE_REAL_SERVER,
            Errno.ESRCH,
            true),
        new Refused(
            "remove a real server that is not there",
            b -> b.removeRealServer(7, WEB, other),
            Command.REMOVE_REAL_SERVER,
            Errno.ENOENT,
            true));
  }

  @ParameterizedTest
  @MethodSource("io.fairlead.ipvs.IpvsContract#refusals")
  default void aRefusalNamesItsWriteAndChangesNothing(Refused refused) throws Exception {
    IpvsBatch batch = ipvs().batch();
    batch.addVirtualServer(0, WEB, scheduled("rr"));
    batch.addRealServer(1, WEB, POD, SERVING);
    batch.addVirtualServer(2, WEB6, scheduled6("rr"));
    assertEquals(List.of(), batch.finish());
    var before = ipvs().virtualServers();

    refused.write().to(batch);
    batch.addVirtualServer(8, MARK, scheduled("rr"));
    batch.removeVirtualServer(9, MARK);
    List<Refusal> refusals = batch.finish();

    assertEquals(1, refusals.size(), () -> "want one refusal: " + refusals);
    Refusal got = refusals.getFirst();
    assertEquals(
        new Refusal(7, refused.command(), refused.errno(), got.reason(), refused.drift()), got);
    assertEquals(before, ipvs().virtualServers());
  }

  @Test
  default void aRealServerIsInvalidWhileLoopbackIsDown() throws Exception {
    try (Ipvs ipvs = withoutLoopback()) {
      IpvsBatch batch = ipvs.batch();
      batch.addVirtualServer(0, WEB, scheduled("rr"));
      batch.addRealServer(1, WEB, POD, SERVING);
      List<Refusal> refusals = batch.finish();

      assertEquals(1, refusals.size());
      assertEquals(Errno.EINVAL, refusals.getFirst().errno());
      assertEquals(
          "EINVAL: the address is not a unicast one that this network namespace can reach"
              + " (is its loopback device down?), or is of the other family and not tunneled",
          refusals.getFirst().reason());
    }
  }

  @Test
  default void aBatchOfThousandsIsDoneInOrder() throws Exception {
    int servers = 2000;
    var written = new TreeMap<VirtualServerKey, VirtualServer>();
    IpvsBatch batch = ipvs().batch();
    for (int i = 0; i < servers; i++) {
      var key = new Addressed(IpAddress.v4(0x0a600000 + i), 80, Protocol.TCP);
      batch.addVirtualServer(2 * i, key, scheduled("rr"));
      batch.addVirtualServer(2 * i + 1, key, scheduled("rr")); // refused: the one before is done
      batch.addRealServer(2 * i, key, POD, SERVING);
      written.put(
          key, new VirtualServer(key, scheduled("rr"), ImmutableSortedMap.of(POD, SERVING)));
    }
    List<Refusal> refusals = batch.finish();

    assertEquals(servers, refusals.size());
    for (int i = 0; i < servers; i++) {
      assertEquals(2 * i + 1, refusals.get(i).tag());
      assertEquals(Errno.EEXIST, refusals.get(i).errno());
    }
    assertEquals(written, ipvs().virtualServers());
  }

  @Test
  default void onlyTheTimeoutsThatAreNotZeroAreSet() throws Exception {
    assertEquals(new Timeouts(900, 120, 300), ipvs().timeouts());

    ipvs().setTimeouts(new Timeouts(0, 60, 0));
    assertEquals(new Timeouts(900, 60, 300), ipvs().timeouts());

    ipvs().setTimeouts(new Timeouts(800, 0, 200));
    assertEquals(new Timeouts(800, 60, 200), ipvs().timeouts());
  }

  @Test
  default void aTimeoutOutOfRangeIsRefusedAndNoneIsSet() throws Exception {
    for (int seconds : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      var e =
          assertThrows(
              NetlinkException.class, () -> ipvs().setTimeouts(new Timeouts(800, seconds, 0)));
      assertEquals(Errno.EINVAL, e.errno());
    }
    assertEquals(new Timeouts(900, 120, 300), ipvs().timeouts());
  }

  @Test
  default void theKernelSaysItsVersion() throws Exception {
    assertEquals("1.2.1", ipvs().version().toString());
    assertEquals(1, Integer.bitCount(ipvs().version().connectionTableSize()));
  }
}
