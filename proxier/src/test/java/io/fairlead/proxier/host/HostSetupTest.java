package io.fairlead.proxier.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.net.Family;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetlinkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostSetupTest {
  @TempDir Path root = Path.of("");

  @Test
  void withoutIpvsTheModuleIsNamed() {
    ImmutableList<String> lines =
        new HostSetup(root).explain(new NetlinkException("find IPVS", Errno.ENOENT));

    assertEquals("find IPVS: ENOENT", lines.getFirst());
    assertTrue(lines.getLast().contains("run `modprobe ip_vs` on the host"), lines::toString);
  }

  @Test
  void anotherErrorHasNothingToDoWithModules() throws IOException {
    HostSetup host = new HostSetup(root);
    assertEquals(
        ImmutableList.of("open NETLINK_ROUTE: EMFILE"),
        host.explain(new NetlinkException("open NETLINK_ROUTE", Errno.EMFILE)));

    Files.createDirectories(root.resolve("proc/sys/net/ipv4/vs"));
    assertEquals(
        ImmutableList.of("find IPVS: ENOENT"),
        host.explain(new NetlinkException("find IPVS", Errno.ENOENT)));
  }

  @Test
  void ipv6IsServedIfTheNamespaceHasIt() throws IOException {
    assertEquals(ImmutableSet.of(Family.IPV4), new HostSetup(root).families());

    Files.createDirectories(root.resolve("proc/thread-self/net"));
    Files.writeString(root.resolve("proc/thread-self/net/if_inet6"), "");
    assertEquals(ImmutableSet.of(Family.IPV4, Family.IPV6), new HostSetup(root).families());
  }

  @Test
  void withoutPrivilegesTheCapabilityIsNamed() throws IOException {
    Files.createDirectories(root.resolve("proc/self"));
    Files.writeString(root.resolve("proc/self/status"), "Name:\tjava\nCapEff:\t0000000000000400\n");

    ImmutableList<String> lines = new HostSetup(root).missingPrivileges();

    assertEquals(1, lines.size());
    assertTrue(lines.getFirst().contains("CAP_NET_ADMIN"), lines::toString);
  }
}
