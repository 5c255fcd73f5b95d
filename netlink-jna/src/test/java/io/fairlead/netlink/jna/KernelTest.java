package io.fairlead.netlink.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.Batch;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.generic.GenericFamily;
import io.fairlead.netlink.jna.NetlinkOptions.Crossing;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every transport against the running kernel, about things that need no privilege. */
class KernelTest {
  private static final int RTM_GETLINK = 18;
  private static final int RTM_DELLINK = 17;
  private static final int IFLA_IFNAME = 3;
  private static final int IFINFOMSG = 16; // length of struct ifinfomsg
  private static final int NOWHERE = 0x7ffffff0; // an interface index that nothing has

  @ParameterizedTest
  @EnumSource
  void dumpsTheLinks(Crossing crossing) throws Exception {
    try (NetlinkConnection route = open(NetlinkConnection.ROUTE, crossing)) {
      route.request(RTM_GETLINK, 0).put64(0).put64(0);
      assertEquals("lo", route.dump("list links", KernelTest::name).getFirst());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRefusalNamesTheErrnoAndTheNextRequestWorks(Crossing crossing) throws Exception {
    try (NetlinkConnection route = open(NetlinkConnection.ROUTE, crossing)) {
      route.request(RTM_GETLINK, 0).put32(0).put32(NOWHERE).put64(0);
      NetlinkException e =
          assertThrows(NetlinkException.class, () -> route.execute("get link nowhere"));
      assertEquals("get link nowhere: ENODEV", e.getMessage());
      route.request(RTM_GETLINK, 0).put32(0).put32(1).put64(0);
      route.get("get link 1", message -> assertEquals("lo", name(message)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRefusalCarriesTheKernelsWords(Crossing crossing) throws Exception {
    try (NetlinkConnection route = open(NetlinkConnection.ROUTE, crossing)) {
      route.request(RTM_GETLINK, 0).put32(0).put32(0).put64(0x0101_0101); // strict: must be zero
      NetlinkException e = assertThrows(NetlinkException.class, () -> route.execute("get link"));
      assertEquals(Errno.EINVAL, e.errno());
      assertTrue(e.explanation().startsWith("Invalid values in header"), e.explanation());
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyRefusalOfABatchComesBackWithItsTag(Crossing crossing) throws Exception {
    try (NetlinkConnection route = open(NetlinkConnection.ROUTE, crossing)) {
      Batch batch = route.batch();
      for (int tag = 0; tag < 10_000; tag++) {
        batch.next(RTM_GETLINK, 0, tag).put32(0).put32(NOWHERE).put64(0);
      }
      List<Batch.Failure> failures = batch.finish();
      assertEquals(
          IntStream.range(0, 10_000).boxed().toList(),
          failures.stream().map(Batch.Failure::tag).toList());
      assertTrue(failures.stream().allMatch(f -> f.errno() == Errno.ENODEV));
    }
  }

  @ParameterizedTest
  @EnumSource
  void findsTheFamilyThatFindsFamilies(Crossing crossing) throws Exception {
    try (NetlinkConnection generic = open(NetlinkConnection.GENERIC, crossing)) {
      assertEquals(
          new GenericFamily("nlctrl", 0x10, 2, Map.of("notify", 0x10)),
          GenericFamily.find(generic, "nlctrl"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void anUnknownFamilyIsEnoentWithAHint(Crossing crossing) throws Exception {
    try (NetlinkConnection generic = open(NetlinkConnection.GENERIC, crossing)) {
      NetlinkException e =
          assertThrows(NetlinkException.class, () -> GenericFamily.find(generic, "no-such"));
      assertEquals(
          "find the generic netlink family no-such: ENOENT (is its kernel module loaded?)",
          e.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClosedConnectionFailsCleanly(Crossing crossing) throws Exception {
    NetlinkConnection route = open(NetlinkConnection.ROUTE, crossing);
    route.close();
    route.close();
    route.request(RTM_DELLINK, 0).put64(0).put64(0);
    NetlinkException e = assertThrows(NetlinkException.class, () -> route.execute("anything"));
    assertEquals(Errno.EBADF, e.errno());
  }

  private static NetlinkConnection open(int protocol, Crossing crossing) throws NetlinkException {
    return Netlink.open(protocol, NetlinkOptions.DEFAULT.with(crossing));
  }

  private static String name(Message message) {
    Attributes a = message.attributes(IFINFOMSG);
    while (a.next()) {
      if (a.type() == IFLA_IFNAME) {
        return a.string();
      }
    }
    return "";
  }
}
