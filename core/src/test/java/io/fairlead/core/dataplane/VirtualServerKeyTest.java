package io.fairlead.core.dataplane;

import static io.fairlead.core.cluster.TestObjects.ip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerKey.Marked;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.Protocol;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualServerKeyTest {
  private static final List<VirtualServerKey> SORTED =
      List.of(
          new Addressed(ip("9.0.0.1"), 443, Protocol.TCP),
          new Addressed(ip("10.0.0.1"), 53, Protocol.TCP),
          new Addressed(ip("10.0.0.1"), 53, Protocol.UDP),
          new Addressed(ip("10.0.0.1"), 80, Protocol.TCP),
          new Addressed(ip("fd00::1"), 1, Protocol.SCTP),
          new Marked(1, Family.IPV4),
          new Marked(-1, Family.IPV4),
          new Marked(1, Family.IPV6));

  @Test
  void sortsByAddressPortAndProtocolThenMarksAsUnsigned() {
    assertEquals(SORTED, SORTED.reversed().stream().sorted().toList());
  }

  @Test
  void readsAsInIpvsadm() {
    assertEquals(
        "TCP 9.0.0.1:443, UDP 10.0.0.1:53, SCTP [fd00::1]:1, FWM 4294967295, FWM 1 IPv6",
        String.join(
            ", ", List.of(0, 2, 4, 6, 7).stream().map(i -> SORTED.get(i).toString()).toList()));
  }

  @Test
  void refusesPortsThatDoNotFitTheWire() {
    for (int port : List.of(-1, 65536)) {
      assertThrows(
          IllegalArgumentException.class, () -> new Addressed(ip("9.0.0.1"), port, Protocol.TCP));
      assertThrows(IllegalArgumentException.class, () -> new RealServer(ip("9.0.0.1"), port));
    }
  }

  @Test
  void theKernelsOwnFlagIsNoDifference() {
    assertEquals(
        new VirtualServerOptions("rr", VirtualServerOptions.PERSISTENT, 60, 32),
        new VirtualServerOptions(
            "rr", VirtualServerOptions.PERSISTENT | VirtualServerOptions.HASHED, 60, 32));
  }
}
