package io.fairlead.lab.proxier;

import static io.fairlead.lab.proxier.Objects.PORT;
import static io.fairlead.lab.proxier.TwoNodes.answering;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.LoadBalancerIp.Mode;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Addresses that a Service may not have, and Services that come and go. */
class RefusedAddressTest {
  private final TwoNodes stage = new TwoNodes();

  @AfterEach
  void stop() {
    stage.close();
  }

  private NodeProxy start(Service service, Object... more) {
    List<Object> objects = new ArrayList<>(List.of(service));
    objects.addAll(List.of(more));
    objects.addAll(stage.slices(service, "near1"));
    return stage.start(objects);
  }

  /** kubernetes#75290, #127410: bound here, it would cut this node off from that one. */
  @Test
  void p08AnotherNodesAddressIsNotTaken() {
    stage.there.serve(22);
    Service web =
        ServiceDraft.of("web", "10.96.0.1")
            .externalIps("192.168.50.2", "10.100.0.1")
            .loadBalancer("192.168.50.2")
            .service();
    start(web, Objects.node(stage.there));

    assertEquals("there", answering(stage.here, stage.there.v4(), 22, Protocol.TCP));
    assertFalse(bound().contains("192.168.50.2"), this::bound);
    assertEquals(
        "near1", answering(stage.client, IpAddress.parse("10.100.0.1"), PORT, Protocol.TCP));
  }

  @Test
  void p08ANodeThatJoinsTakesItsAddressBack() {
    Service web = ServiceDraft.of("web", "10.96.0.1").externalIps("192.168.50.2").service();
    NodeProxy proxy = start(web);
    assertTrue(bound().contains("192.168.50.2"), this::bound);

    proxy.apply(Objects.node(stage.there));

    assertFalse(bound().contains("192.168.50.2"), this::bound);
  }

  @Test
  void p09AnIngressOfAProxyIsNotBound() {
    Service web =
        ServiceDraft.of("web", "10.96.0.1").loadBalancer(Mode.PROXY, "172.22.0.1").service();
    NodeProxy proxy = start(web);
    assertFalse(bound().contains("172.22.0.1"), this::bound);

    proxy.apply(ServiceDraft.of("web", "10.96.0.1").loadBalancer(Mode.VIP, "172.22.0.1").service());
    assertEquals(
        "near1", answering(stage.client, IpAddress.parse("172.22.0.1"), PORT, Protocol.TCP));
  }

  @Test
  void p37AServiceThatBecomesAnExternalNameOrHeadlessIsNotServed() {
    Service web = ServiceDraft.of("web", "10.96.0.1").service();
    NodeProxy proxy = start(web);
    for (Service other :
        List.of(
            ServiceDraft.of("web").type(Service.Type.EXTERNAL_NAME).service(),
            ServiceDraft.of("web").service())) {
      proxy.apply(other);
      // New connections find nobody: refused while earlier ones drain, without a route after that.
      Outcome outcome = stage.client.tcp(IpAddress.parse("10.96.0.1"), PORT);
      assertEquals(Optional.empty(), outcome.answeredBy(), outcome::toString);
      assertTrue(
          stage.realServers("-t 10.96.0.1:80").stream().allMatch(server -> server.endsWith(" w0")));

      proxy.apply(web);
      assertEquals(
          "near1", answering(stage.client, IpAddress.parse("10.96.0.1"), PORT, Protocol.TCP));
    }
  }

  private String bound() {
    return stage.here.namespace().run("ip", "-br", "addr", "show", "dev", "kube-ipvs0");
  }
}
