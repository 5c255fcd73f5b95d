package io.fairlead.lab.ipvs;

import static io.fairlead.core.dataplane.VirtualServerOptions.ONE_PACKET;
import static io.fairlead.core.dataplane.VirtualServerOptions.PERSISTENT;
import static io.fairlead.core.dataplane.VirtualServerOptions.SCHEDULER_FLAG_1;
import static io.fairlead.core.dataplane.VirtualServerOptions.SCHEDULER_FLAG_2;
import static io.fairlead.core.dataplane.VirtualServerOptions.SCHEDULER_FLAG_3;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.core.dataplane.Connections;
import io.fairlead.core.dataplane.Forwarding;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerKey.Marked;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.ipvs.Ipvs;
import io.fairlead.ipvs.IpvsBatch;
import io.fairlead.ipvs.IpvsContract;
import io.fairlead.ipvs.Statistics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real kernel keeps the contract that the fake one keeps, and ipvsadm sees what was written. */
class IpvsKernelTest implements IpvsContract {
  private static final RealServer POD_2 = new RealServer(IpAddress.parse("10.244.1.8"), 8080);

  private final List<LabIpvs> opened = new ArrayList<>();
  private LabIpvs lab;

  @BeforeEach
  void makeNamespace() throws IOException {
    lab = LabIpvs.create();
    opened.add(lab);
  }

  @AfterEach
  void dropNamespaces() {
    opened.forEach(LabIpvs::close);
  }

  @Override
  public Ipvs ipvs() {
    return lab.ipvs();
  }

  @Override
  public Ipvs withoutLoopback() throws IOException {
    LabIpvs down = LabIpvs.withoutLoopback();
    opened.add(down);
    return down.ipvs();
  }

  @Test
  void ipvsadmPrintsWhatWasWritten() throws Exception {
    var dns6 = new Addressed(IpAddress.parse("fd00:96::53"), 53, Protocol.UDP);
    var sctp = new Addressed(WEB.address(), 3868, Protocol.SCTP);
    IpvsBatch batch = ipvs().batch();
    batch.addVirtualServer(0, WEB, new VirtualServerOptions("wrr", PERSISTENT, 10800, 24));
    batch.addRealServer(0, WEB, POD, RealServerOptions.masquerade(3));
    batch.addRealServer(0, WEB, POD_2, RealServerOptions.masquerade(0));
    batch.addVirtualServer(0, WEB6, new VirtualServerOptions("lc", PERSISTENT, 300, 64));
    batch.addRealServer(0, WEB6, POD6, new RealServerOptions(1, Forwarding.DIRECT_ROUTE, 0, 0));
    batch.addVirtualServer(
        0, dns6, new VirtualServerOptions("sh", ONE_PACKET | SCHEDULER_FLAG_2, 0, 128));
    batch.addVirtualServer(0, sctp, new VirtualServerOptions("mh", SCHEDULER_FLAG_1, 0, 32));
    batch.addRealServer(0, sctp, POD, new RealServerOptions(1, Forwarding.TUNNEL, 0, 0));
    batch.addVirtualServer(0, new Marked(1, Family.IPV4), IpvsContract.scheduled("rr"));
    batch.addVirtualServer(0, new Marked(1, Family.IPV6), IpvsContract.scheduled6("nq"));

    assertEquals(List.of(), batch.finish());
    assertEquals(
        """
        -A --sctp-service 10.96.0.10:3868 -s mh -b mh-fallback
        -A -f 1 -6 -s nq
        -A -f 1 -s rr
        -A -t 10.96.0.10:80 -s wrr -p 10800 -M 255.255.255.0
        -A -t [fd00:96::a]:80 -s lc -p 300 -M 64
        -A -u [fd00:96::53]:53 -s sh -o -b sh-port
        -a --sctp-service 10.96.0.10:3868 -r 10.244.1.7:8080 -i -w 1 --tun-type ipip
        -a -t 10.96.0.10:80 -r 10.244.1.7:8080 -m -w 3
        -a -t 10.96.0.10:80 -r 10.244.1.8:8080 -m -w 0
        -a -t [fd00:96::a]:80 -r [fd00:244::7]:8080 -g -w 1
        """
            .strip(),
        String.join("\n", lab.saved()));
  }

  @Test
  void whatIpvsadmWritesIsRead() throws Exception {
    IpvsBatch batch = ipvs().batch();
    for (VirtualServer server : IpvsContract.everyKind().toList()) {
      if (ipvsadmCanWrite(server)) {
        batch.addVirtualServer(0, server.key(), server.options());
        batch.addRealServer(
            0,
            server.key(),
            server.key().family() == Family.IPV4 ? POD : POD6,
            RealServerOptions.masquerade(2));
      }
    }
    assertEquals(List.of(), batch.finish());

    try (LabIpvs copy = LabIpvs.create()) {
      copy.restore(lab.saved());

      assertEquals(ipvs().virtualServers(), copy.ipvs().virtualServers());
    }
  }

  /** {@code ipvsadm -S} leaves thresholds out, so they go the other way only. */
  @Test
  void thresholdsThatIpvsadmWritesAreRead() throws Exception {
    lab.restore(
        List.of(
            "-A -t 10.96.0.10:80 -s wlc", "-a -t 10.96.0.10:80 -r 10.244.1.7:8080 -m -x 9 -y 7"));

    assertEquals(
        Map.of(POD, new RealServerOptions(1, Forwarding.MASQUERADE, 9, 7)),
        ipvs().realServers(WEB));
  }

  /** It prints no name for the third scheduler flag, and marks above 2^31 as negative numbers. */
  private static boolean ipvsadmCanWrite(VirtualServer server) {
    return (server.options().flags() & SCHEDULER_FLAG_3) == 0
        && !(server.key() instanceof Marked marked && marked.mark() < 0);
  }

  @Test
  void aDatagramIsCounted() throws Exception {
    var dns = new Addressed(IpAddress.parse("127.96.0.10"), 53, Protocol.UDP);
    var local = new RealServer(IpAddress.parse("127.0.0.1"), 5353);
    IpvsBatch batch = ipvs().batch();
    batch.addVirtualServer(0, dns, new VirtualServerOptions("rr", PERSISTENT, 300, 32));
    batch.addRealServer(0, dns, local, RealServerOptions.masquerade(1));
    assertEquals(List.of(), batch.finish());

    lab.run("", "bash", "-c", "echo x > /dev/udp/127.96.0.10/53");

    // One connection, and the template that keeps the client with its real server.
    assertEquals(Map.of(local, new Connections(0, 1, 1)), ipvs().connections(dns));
    // In: IP header, UDP header, "x", newline. Out: IP and ICMP headers with all of that, for
    // nobody listens. The kernel adds its counters up every two seconds.
    var counted = new Statistics.Counters(1, 1, 1, 20 + 8 + 2, 20 + 8 + 30);
    Instant deadline = Instant.now().plusSeconds(10);
    while (!counted.equals(requireNonNull(ipvs().statistics().get(dns)).total())
        && Instant.now().isBefore(deadline)) {
      Thread.sleep(50);
    }
    assertEquals(counted, requireNonNull(ipvs().statistics().get(dns)).total());
    assertEquals(counted, requireNonNull(ipvs().status(dns).get(local)).statistics().total());
  }

  @Test
  void withoutThePrivilegeEvenReadingIsRefused() throws Exception {
    String output =
        lab.run(
            "",
            "setpriv",
            "--inh-caps=-net_admin",
            "--bounding-set=-net_admin",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            UnprivilegedReader.class.getName());

    assertEquals(
        "read virtual servers: EPERM"
            + " (IPVS needs CAP_NET_ADMIN in the initial user namespace, for reading too)",
        output.strip());
  }
}
