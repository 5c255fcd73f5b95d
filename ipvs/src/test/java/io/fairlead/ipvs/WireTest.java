package io.fairlead.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.core.dataplane.Forwarding;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServerKey.Marked;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.netlink.NetlinkException;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What goes to the kernel, byte by byte, derived by hand from linux/ip_vs.h and linux/genetlink.h
 * for a little-endian machine. Text after # is a remark.
 */
class WireTest {
  private static final int FLAGS_OFFSET = 6;
  private static final int SEQUENCE_AND_PORT = 8; // not IPVS's business

  record Case(String name, IpvsContract.Write write, String bytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            "a new IPv4 virtual server carries its mask in network order",
            b -> b.addVirtualServer(0, IpvsContract.WEB, persistent(24)),
            """
            01 01 00 00 # NEW_SERVICE, version 1
            48 00 01 80 # SERVICE, nested
            06 00 01 00 02 00 00 00 # AF_INET
            06 00 02 00 06 00 00 00 # TCP
            08 00 03 00 0a 60 00 0a # 10.96.0.10
            06 00 04 00 00 50 00 00 # port 80 in network order
            07 00 06 00 72 72 00 00 # "rr" with its NUL, and a byte of padding
            0c 00 07 00 01 00 00 00 ff ff ff ff # PERSISTENT; every flag counts
            08 00 08 00 30 2a 00 00 # 10800 s
            08 00 09 00 ff ff ff 00 # 255.255.255.0
            """),
        new Case(
            "an edited IPv6 virtual server carries its prefix length in host order",
            b -> b.editVirtualServer(0, IpvsContract.WEB6, persistent(64)),
            """
            02 01 00 00 # SET_SERVICE
            54 00 01 80
            06 00 01 00 0a 00 00 00 # AF_INET6
            06 00 02 00 06 00 00 00
            14 00 03 00 fd 00 00 96 00 00 00 00 00 00 00 00 00 00 00 0a
            06 00 04 00 00 50 00 00
            07 00 06 00 72 72 00 00
            0c 00 07 00 01 00 00 00 ff ff ff ff
            08 00 08 00 30 2a 00 00
            08 00 09 00 40 00 00 00 # /64
            """),
        new Case(
            "a mark takes the place of protocol, address and port",
            b -> b.removeVirtualServer(0, new Marked(0x8000_0001, Family.IPV6)),
            """
            03 01 00 00 # DEL_SERVICE
            14 00 01 80
            06 00 01 00 0a 00 00 00
            08 00 05 00 01 00 00 80 # the mark in host order
            """),
        new Case(
            "a new real server carries all its settings",
            b ->
                b.addRealServer(
                    0,
                    IpvsContract.WEB,
                    IpvsContract.POD,
                    new RealServerOptions(3, Forwarding.DIRECT_ROUTE, 100, 90)),
            """
            05 01 00 00 # NEW_DEST
            24 00 01 80
            06 00 01 00 02 00 00 00
            06 00 02 00 06 00 00 00
            08 00 03 00 0a 60 00 0a
            06 00 04 00 00 50 00 00
            3c 00 02 80 # DEST, nested
            06 00 0b 00 02 00 00 00 # its own family
            08 00 01 00 0a f4 01 07 # 10.244.1.7
            06 00 02 00 1f 90 00 00 # port 8080
            08 00 03 00 03 00 00 00 # direct route
            08 00 04 00 03 00 00 00 # weight
            08 00 05 00 64 00 00 00 # upper threshold
            08 00 06 00 5a 00 00 00 # lower threshold
            """),
        new Case(
            "a real server is removed by its address alone",
            b -> b.removeRealServer(0, new Marked(1, Family.IPV4), IpvsContract.POD),
            """
            07 01 00 00 # DEL_DEST
            14 00 01 80
            06 00 01 00 02 00 00 00
            08 00 05 00 01 00 00 00
            1c 00 02 80
            06 00 0b 00 02 00 00 00
            08 00 01 00 0a f4 01 07
            06 00 02 00 1f 90 00 00
            """));
  }

  private static VirtualServerOptions persistent(int prefix) {
    return new VirtualServerOptions("rr", VirtualServerOptions.PERSISTENT, 10800, prefix);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void writes(Case c) throws NetlinkException {
    FakeIpvsKernel kernel = new FakeIpvsKernel();
    IpvsBatch batch = Ipvs.open(kernel.connect()).batch();

    c.write.to(batch);
    batch.finish();

    byte[] sent = kernel.lastSent();
    assertEquals(sent.length, sent[0], "the message is all there is");
    assertEquals(FakeIpvsKernel.FAMILY, sent[4]);
    assertEquals(5, sent[FLAGS_OFFSET], "NLM_F_REQUEST and NLM_F_ACK");
    String want =
        c.bytes.lines().map(line -> line.replaceAll("#.*| ", "")).collect(Collectors.joining());
    int header = FLAGS_OFFSET + 2 + SEQUENCE_AND_PORT;
    assertEquals(want, HexFormat.of().formatHex(sent, header, sent.length));
  }
}
