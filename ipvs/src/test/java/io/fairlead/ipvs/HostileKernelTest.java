package io.fairlead.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetlinkException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A kernel that has no IPVS, that forbids it, that holds oddities, or that sends garbage. */
class HostileKernelTest {
  private static final int IPPROTO_AH = 51;

  private final FakeIpvsKernel kernel = new FakeIpvsKernel();

  @Test
  void aKernelWithoutIpvsSaysWhichModuleToLoad() {
    kernel.unload();

    var e = assertThrows(NetlinkException.class, () -> Ipvs.open(kernel.connect()));

    assertEquals(Errno.ENOENT, e.errno());
    assertEquals(
        "find IPVS: ENOENT (the kernel has no IPVS: load its module with \"modprobe ip_vs\")",
        e.getMessage());
  }

  @Test
  void aModuleThatIsUnloadedLaterIsNamedToo() throws NetlinkException {
    Ipvs ipvs = Ipvs.open(kernel.connect());
    kernel.unload();

    var read = assertThrows(NetlinkException.class, ipvs::virtualServers);
    IpvsBatch batch = ipvs.batch();
    batch.removeVirtualServer(3, IpvsContract.WEB);
    Refusal refused = batch.finish().getFirst();

    assertTrue(String.valueOf(read.getMessage()).contains("modprobe ip_vs"), read::toString);
    assertTrue(refused.reason().contains("modprobe ip_vs"), refused::toString);
    assertEquals(3, refused.tag());
  }

  @Test
  void aMissingPrivilegeIsNamed() throws NetlinkException {
    Ipvs ipvs = Ipvs.open(kernel.connect());
    kernel.forbid();

    var e = assertThrows(NetlinkException.class, ipvs::virtualServers);
    IpvsBatch batch = ipvs.batch();
    batch.removeVirtualServer(0, IpvsContract.WEB);
    Refusal refused = batch.finish().getFirst();

    assertEquals(Errno.EPERM, e.errno());
    assertTrue(String.valueOf(e.getMessage()).contains("CAP_NET_ADMIN"), e::toString);
    assertTrue(refused.reason().contains("CAP_NET_ADMIN"), refused::toString);
  }

  @Test
  void aVirtualServerOfAnotherProtocolHidesNoOther() throws NetlinkException {
    Ipvs ipvs = Ipvs.open(kernel.connect());
    VirtualServer web = IpvsContract.empty(IpvsContract.WEB, IpvsContract.scheduled("rr"));
    kernel.table().addForeign(IPPROTO_AH);
    IpvsBatch batch = ipvs.batch();
    batch.addVirtualServer(0, web.key(), web.options());
    batch.finish();

    assertEquals(ImmutableSortedMap.of(web.key(), web), ipvs.virtualServers());
  }

  /** Options that make no message, and the words that must be in the complaint. */
  record Bad(String field, VirtualServerOptions options) {}

  @Test
  void settingsThatNoKernelTakesAreNamedAndLeaveTheBatchAsItWas() throws NetlinkException {
    Bad[] cases = {
      new Bad("persistence prefix 33", new VirtualServerOptions("rr", 0, 0, 33)),
      new Bad("persistence prefix -1", new VirtualServerOptions("rr", 0, 0, -1)),
      new Bad("scheduler \"\"", new VirtualServerOptions("", 0, 0, 32)),
      new Bad(
          "scheduler \"sixteen-letters-\"", new VirtualServerOptions("sixteen-letters-", 0, 0, 32)),
    };
    Ipvs ipvs = Ipvs.open(kernel.connect());
    IpvsBatch batch = ipvs.batch();
    batch.addVirtualServer(1, IpvsContract.WEB, IpvsContract.scheduled("rr"));
    for (Bad bad : cases) {
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> batch.addVirtualServer(2, IpvsContract.MARK, bad.options));
      assertTrue(String.valueOf(e.getMessage()).contains(bad.field), e::toString);
    }
    batch.addRealServer(3, IpvsContract.WEB, IpvsContract.POD, IpvsContract.SERVING);

    assertTrue(batch.finish().isEmpty());
    assertEquals(1, ipvs.realServers(IpvsContract.WEB).size());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
  void garbageIsAnErrorAndNeverACrash(long seed) throws NetlinkException {
    Random random = new Random(seed);
    Ipvs ipvs = Ipvs.open(kernel.connect());
    IpvsBatch batch = ipvs.batch();
    batch.addVirtualServer(0, IpvsContract.WEB, IpvsContract.scheduled("rr"));
    batch.addVirtualServer(0, IpvsContract.WEB6, IpvsContract.scheduled6("rr"));
    batch.addVirtualServer(0, IpvsContract.MARK, IpvsContract.scheduled("rr"));
    batch.addRealServer(0, IpvsContract.WEB, IpvsContract.POD, IpvsContract.SERVING);
    assertTrue(batch.finish().isEmpty());

    kernel.corrupt(bytes -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt());
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      refused += readAll(ipvs, seed, i);
    }
    assertTrue(refused > 0, "seed " + seed + " corrupted nothing that matters");
  }

  /** Reads all there is; 1 if the connection noticed that something was wrong. */
  private static int readAll(Ipvs ipvs, long seed, int step) {
    try {
      ipvs.virtualServers();
      ipvs.statistics();
      ipvs.status(IpvsContract.WEB);
      ipvs.timeouts();
      ipvs.version();
      return 0;
    } catch (NetlinkException e) {
      return 1;
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed + " step " + step, e);
    }
  }
}
