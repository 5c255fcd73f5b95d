package io.fairlead.ipvs;

import static io.fairlead.ipvs.IpvsContract.MARK;
import static io.fairlead.ipvs.IpvsContract.POD;
import static io.fairlead.ipvs.IpvsContract.POD6;
import static io.fairlead.ipvs.IpvsContract.SERVING;
import static io.fairlead.ipvs.IpvsContract.WEB;
import static io.fairlead.ipvs.IpvsContract.WEB6;
import static io.fairlead.ipvs.IpvsContract.scheduled;
import static io.fairlead.ipvs.IpvsContract.scheduled6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.core.dataplane.Drift;
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
import io.fairlead.netlink.NetlinkException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The listing says where to look, and only netlink what is there. */
class IpvsAuditTest {
  private static final Addressed SIP =
      new Addressed(IpAddress.parse("10.96.0.10"), 3868, Protocol.SCTP);
  private static final Addressed OTHER =
      new Addressed(IpAddress.parse("10.96.0.11"), 80, Protocol.TCP);
  private static final Marked MARK6 = new Marked(MARK.mark(), Family.IPV6);
  private static final RealServer POD_2 = new RealServer(IpAddress.parse("10.244.1.8"), 8080);

  private final FakeIpvsKernel kernel = new FakeIpvsKernel();
  private final List<String> warnings = new ArrayList<>();
  private final Ipvs ipvs;
  private final FakeListing listing;
  private final IpvsAudit audit;
  private Map<VirtualServerKey, VirtualServer> believed = Map.of();

  IpvsAuditTest(@TempDir Path folder) throws IOException {
    ipvs = Ipvs.open(kernel.connect());
    listing = new FakeListing(folder.resolve("ip_vs"));
    listing.print("");
    audit = new IpvsAudit(ipvs, Optional.of(listing.open()), warnings::add);
  }

  @BeforeEach
  void fill() throws Exception {
    write(batch -> {
      for (Addressed key : List.of(WEB, SIP, OTHER)) {
        batch.addVirtualServer(0, key, scheduled("rr"));
        batch.addRealServer(0, key, POD, SERVING);
        batch.addRealServer(0, key, POD_2, SERVING);
      }
      batch.addVirtualServer(0, WEB6, scheduled6("rr"));
      batch.addRealServer(0, WEB6, POD6, SERVING);
      batch.addVirtualServer(0, MARK, scheduled("rr"));
      batch.addRealServer(0, MARK, POD, SERVING);
      batch.addVirtualServer(0, MARK6, scheduled6("rr"));
      batch.addRealServer(0, MARK6, POD6, SERVING);
    });
    believed = ipvs.virtualServers();
    print(text -> text);
  }

  @Test
  void whatIsAsBelievedIsReadInOneDump() throws Exception {
    int dumps = 0;
    for (int i = 0; i < IpvsAudit.TURNS; i++) {
      int before = kernel.dumps();
      assertEquals(Map.of(), audit.differences(believed));
      dumps += kernel.dumps() - before;
    }
    assertEquals(IpvsAudit.TURNS + believed.size(), dumps, "and each virtual server had its turn");
    assertEquals(List.of(), warnings);
  }

  /** Somebody else's write, of which the listing tells. */
  record Interference(String what, Write write) {
    @Override
    public String toString() {
      return what;
    }
  }

  interface Write {
    void to(IpvsBatch batch) throws NetlinkException;
  }

  static Stream<Interference> interferences() {
    var masquerade3 = RealServerOptions.masquerade(3);
    var route = new RealServerOptions(1, Forwarding.DIRECT_ROUTE, 0, 0);
    var persistent = new VirtualServerOptions("rr", VirtualServerOptions.PERSISTENT, 300, 24);
    var flagged = new VirtualServerOptions("rr", VirtualServerOptions.SCHEDULER_FLAG_2, 0, 32);
    var added = new RealServer(IpAddress.parse("10.244.1.9"), 8080);
    return Stream.of(
        new Interference("a weight", it -> it.editRealServer(0, WEB, POD, masquerade3)),
        new Interference("a weight, SCTP", it -> it.editRealServer(0, SIP, POD, masquerade3)),
        new Interference("a weight, IPv6", it -> it.editRealServer(0, WEB6, POD6, masquerade3)),
        new Interference("a weight, mark", it -> it.editRealServer(0, MARK, POD, masquerade3)),
        new Interference("a weight, mark6", it -> it.editRealServer(0, MARK6, POD6, masquerade3)),
        new Interference("a forwarding method", it -> it.editRealServer(0, WEB, POD, route)),
        new Interference("a real server gone", it -> it.removeRealServer(0, WEB, POD)),
        new Interference("a real server more", it -> it.addRealServer(0, WEB, added, SERVING)),
        new Interference(
            "a real server instead",
            it -> {
              it.removeRealServer(0, WEB, POD);
              it.addRealServer(0, WEB, added, SERVING);
            }),
        new Interference("a scheduler", it -> it.editVirtualServer(0, WEB, scheduled("lc"))),
        new Interference("a scheduler's flag", it -> it.editVirtualServer(0, WEB, flagged)),
        new Interference("persistence", it -> it.editVirtualServer(0, WEB, persistent)),
        new Interference("a mark's scheduler", it -> it.editVirtualServer(0, MARK, flagged)),
        new Interference("a virtual server gone", it -> it.removeVirtualServer(0, WEB6)),
        new Interference("a mark gone", it -> it.removeVirtualServer(0, MARK6)),
        new Interference(
            "a virtual server more",
            it ->
                it.addVirtualServer(0, new Addressed(WEB.address(), 81, Protocol.UDP), persistent)),
        new Interference(
            "a mark more", it -> it.addVirtualServer(0, new Marked(7, Family.IPV6), scheduled6("lc"))));
  }

  @ParameterizedTest
  @MethodSource("interferences")
  void whatDiffersIsFoundAtOnce(Interference interference) throws Exception {
    write(interference.write);
    print(text -> text);

    var held = ipvs.virtualServers();

    var found = audit.differences(believed);
    assertEquals(1, found.size(), found::toString);
    assertEquals(Drift.differences(believed, held), found);
  }

  @Test
  void whatTheListingDoesNotShowIsFoundInItsTurn() throws Exception {
    write(batch -> {
      var thresholds = new RealServerOptions(1, Forwarding.MASQUERADE, 100, 50);
      batch.editRealServer(0, WEB, POD, thresholds);
      batch.editRealServer(0, MARK, POD, new RealServerOptions(1, Forwarding.BYPASS, 0, 0));
    });
    print(text -> text);
    Map<VirtualServerKey, Optional<VirtualServer>> found = new HashMap<>();

    for (int i = 0; i < IpvsAudit.TURNS; i++) {
      found.putAll(audit.differences(believed));
    }

    assertEquals(Drift.differences(believed, ipvs.virtualServers()), found);
    assertEquals(2, found.size(), found::toString);
  }

  /** What a reading in pieces, beside another writer, may look like. */
  static Stream<UnaryOperator<String>> misprints() {
    return Stream.of(
        text -> text.contains("0A60000A:0050") ? "" : text,
        text -> text.contains("FWM") ? "" : text,
        text -> text + text,
        text -> text.contains(":0050") ? text.replaceFirst("(?m)^  -> .*\\n", "") : text,
        text -> text.replace("Masq    1", "Masq    0"),
        text -> text + "TCP  0A630001:0050 rr  \n  -> 0AF40107:1F90      Masq    1 0 0\n",
        _ -> "");
  }

  @ParameterizedTest
  @MethodSource("misprints")
  void whatOnlyTheListingSaysIsNotBelieved(UnaryOperator<String> misprint) throws Exception {
    print(misprint);

    assertEquals(Map.of(), audit.differences(believed));
    assertEquals(Map.of(), audit.differences(believed));
  }

  @ParameterizedTest
  @MethodSource("misprints")
  void aMisprintHidesNothingThatNetlinkShows(UnaryOperator<String> misprint) throws Exception {
    write(batch -> {
      batch.removeVirtualServer(0, OTHER);
      batch.editVirtualServer(0, WEB, scheduled("lc"));
    });
    print(misprint);

    assertEquals(
        Drift.differences(believed, ipvs.virtualServers()), audit.differences(believed));
  }

  @Test
  void anUnreadableListingIsToldOnceAndDoneWithout() throws Exception {
    write(batch -> batch.removeRealServer(0, WEB, POD));
    listing.print("no such thing\n");
    var want = Drift.differences(believed, ipvs.virtualServers());

    for (int i = 0; i < 3; i++) {
      assertEquals(want, audit.differences(believed));
    }

    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(warnings.getFirst().contains("no such thing"), warnings::toString);
  }

  @Test
  void aListingOfAnotherNamespaceIsToldOnceAndLeftAlone() throws Exception {
    listing.print(List.of());

    for (int i = 0; i < 3; i++) {
      assertEquals(Map.of(), audit.differences(believed));
    }

    assertEquals(1, warnings.size(), warnings::toString);
  }

  @Test
  void atTheStartEverythingIsReadByNetlink() throws Exception {
    listing.print("nobody reads this");

    assertEquals(Drift.differences(Map.of(), believed), audit.differences(Map.of()));
    assertEquals(List.of(), warnings);
  }

  private void print(UnaryOperator<String> misprint) throws Exception {
    listing.print(ipvs.virtualServers().values(), misprint);
  }

  private void write(Write write) throws NetlinkException {
    IpvsBatch batch = ipvs.batch();
    write.to(batch);
    assertEquals(List.of(), batch.finish());
  }
}
