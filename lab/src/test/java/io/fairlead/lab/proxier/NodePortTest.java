package io.fairlead.lab.proxier;

import static io.fairlead.lab.proxier.TwoNodes.answering;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Host;
import io.fairlead.lab.rig.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Node ports: on which addresses, for whom, and what is left of them. */
class NodePortTest {
  private static final int NODE_PORT = 30080;
  private static final IpAddress NODE = IpAddress.parse("192.168.50.1");
  private static final IpAddress NODE6 = IpAddress.parse("fd00:50::1");

  private final TwoNodes stage = new TwoNodes();
  private final Service web =
      ServiceDraft.of("web", "10.96.0.1", "fd00:10:96::1")
          .type(Service.Type.NODE_PORT)
          .ports(NODE_PORT, Protocol.values())
          .service();

  @BeforeEach
  void twoMoreAddresses() {
    stage
        .here
        .namespace()
        .ip(
            """
            link add second type dummy
            link set second up
            addr add 192.0.2.7/32 dev second
            addr add 198.51.100.7/32 dev second
            """);
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  private void start(String... flags) {
    List<Object> objects = new ArrayList<>();
    objects.add(web);
    objects.addAll(stage.slices(web, "near1", "far"));
    stage.start(objects, flags);
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void p05EveryoneReachesAllEndpointsThroughANodePort(Protocol protocol) {
    start();

    for (Host from : List.of(stage.client, stage.caller, stage.here)) {
      assertEquals("far near1", answering(from, NODE, NODE_PORT, protocol), from.name());
      assertEquals("far near1", answering(from, NODE6, NODE_PORT, protocol), from.name());
    }
    assertEquals(
        Set.of(NODE), TwoNodes.sources(stage.client, NODE, NODE_PORT, protocol), "masqueraded");
  }

  @Test
  void p05AVirtualServerOnEachAddressAndNoneOfThemBound() {
    start();

    assertEquals(
        List.of(
            "-A -t 10.96.0.1:80 -s rr",
            "-A -t 192.0.2.7:30080 -s rr",
            "-A -t 192.168.50.1:30080 -s rr",
            "-A -t 198.51.100.7:30080 -s rr",
            "-A -t [fd00:10:96::1]:80 -s rr",
            "-A -t [fd00:50::1]:30080 -s rr"),
        stage.virtualServers().stream().filter(line -> line.contains("-t")).toList());
    assertEquals(
        List.of("10.96.0.1/32", "fd00:10:96::1/128"),
        stage
            .here
            .namespace()
            .run("ip", "-br", "addr", "show", "dev", "kube-ipvs0")
            .lines()
            .flatMap(line -> line.replaceFirst("\\S+\\s+\\S+\\s+", "").lines())
            .flatMap(line -> List.of(line.strip().split("\\s+")).stream())
            .sorted()
            .toList());
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.7",
    "'192.0.2.0/24,198.51.100.7/32', 192.0.2.7 198.51.100.7",
    "2001:db8::/32, 192.0.2.7 192.168.50.1 198.51.100.7", // none of this family: all, as upstream
    "primary, 192.168.50.1",
    "localhost, ''",
    "'localhost,192.0.2.0/24', 192.0.2.7",
    "10.96.0.0/16, ''", // a VIP is no address of the node, though upstream takes it for one
    "all, 192.0.2.7 192.168.50.1 198.51.100.7"
  })
  void p06NodePortAddressesChoose(String addresses, String expect) {
    start("--nodeport-addresses=" + addresses);
    stage.proxy().apply(Objects.node(stage.here));

    assertEquals(
        expect,
        String.join(
            " ",
            stage.virtualServers().stream()
                .filter(line -> line.startsWith("-A -t") && line.contains(":30080"))
                .filter(line -> !line.contains("["))
                .map(line -> line.replaceAll("-A -t ([0-9.]+):.*", "$1"))
                .sorted()
                .toList()));
  }

  @Test
  void p07AnExternalIpOfTheNodeIsServedAndTheNodesOwnPortsStayReachable() {
    stage.here.serve(22);
    Service own = ServiceDraft.of("own", "10.96.0.2").externalIps("192.168.50.1").service();
    List<Object> objects = new ArrayList<>(List.of(web, own));
    objects.addAll(stage.slices(own, "near1"));
    objects.addAll(stage.slices(web, "far"));
    stage.start(objects);

    assertEquals("near1", answering(stage.client, NODE, Objects.PORT, Protocol.TCP));
    assertEquals("here", answering(stage.client, NODE, 22, Protocol.TCP));
    assertEquals(
        "far", answering(stage.client, NODE, NODE_PORT, Protocol.TCP), "#114815: so do node ports");
  }

  @Test
  void aNodePortIsNotOnVips() {
    start();

    assertInstanceOf(
        Outcome.Refused.class, stage.client.tcp(IpAddress.parse("10.96.0.1"), NODE_PORT));
  }

  @Test
  void aServiceThatLosesItsNodePortIsServedOnItsClusterIpOnly() {
    start();
    stage.proxy().apply(ServiceDraft.of("web", "10.96.0.1", "fd00:10:96::1").service());

    assertTrue(
        stage.virtualServers().stream().noneMatch(line -> line.contains("30080")),
        () -> stage.virtualServers().toString());
    assertEquals(
        "far near1",
        answering(stage.caller, IpAddress.parse("10.96.0.1"), Objects.PORT, Protocol.TCP));
    assertInstanceOf(Outcome.Refused.class, stage.client.tcp(NODE, NODE_PORT));
  }
}
