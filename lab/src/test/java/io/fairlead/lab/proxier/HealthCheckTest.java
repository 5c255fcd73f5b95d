package io.fairlead.lab.proxier;

import static io.fairlead.lab.proxier.Objects.TARGET_PORT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.EndpointSlice.Endpoint;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.LoadBalancerIp;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Client;
import io.fairlead.lab.rig.Host;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Outcome;
import io.fairlead.lab.rig.Pod;
import io.fairlead.lab.rig.Rig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P30: what an external load balancer hears of a Service, over the wire. */
class HealthCheckTest {
  private static final int PORT = 32100;
  private static final List<String> VIPS = List.of("172.22.0.1", "fd00:22::1");

  private final Rig rig = Rig.create();
  private final Node here = rig.node("here");
  private final Node there = rig.node("there");
  private final Pod near1 = here.pod("near1", "10.244.1.10", "fd00:244:1::10");
  private final Pod near2 = here.pod("near2", "10.244.1.11", "fd00:244:1::11");
  private final Pod far = there.pod("far", "10.244.2.10", "fd00:244:2::10");
  private final Client client = rig.client("client", here);
  private Optional<NodeProxy> proxy = Optional.empty();

  @AfterEach
  void stop() {
    proxy.ifPresent(NodeProxy::close);
    rig.close();
  }

  private NodeProxy start(Object... objects) {
    NodeProxy started = NodeProxy.start(here, List.of(objects));
    proxy = Optional.of(started);
    return started;
  }

  /** An endpoint of the Service, in both families. */
  private record At(Pod pod, Node node, State state) {}

  private enum State {
    READY,
    UNREADY,
    TERMINATING
  }

  @Test
  void onlyReadyEndpointsOnThisNodeCount() throws Exception {
    record Case(String name, int weight, List<At> endpoints) {}
    At far1 = new At(far, there, State.READY);
    At ready1 = new At(near1, here, State.READY);
    At ready2 = new At(near2, here, State.READY);
    At leaving1 = new At(near1, here, State.TERMINATING);
    At unready2 = new At(near2, here, State.UNREADY);
    Service web = service("web", PORT, VIPS);
    NodeProxy daemon = start(web);
    List<Case> cases =
        List.of(
            new Case("no endpoints", 0, List.of()),
            new Case("one here", 1, List.of(ready1, far1)),
            new Case("two here", 2, List.of(ready1, ready2, far1)),
            new Case("one of two is not ready", 1, List.of(ready1, unready2)),
            new Case("only terminating here", 0, List.of(leaving1, far1)),
            new Case("only terminating anywhere", 0, List.of(leaving1)),
            new Case("only elsewhere", 0, List.of(far1)),
            new Case("back again", 1, List.of(ready1)));
    for (Case row : cases) {
      daemon.apply(slices(web, row.endpoints).toArray());
      String answer = awaitWeight(row.weight);

      assertEquals(expected("web", row.weight), answer, row.name);
      for (IpAddress address : addresses()) {
        assertEquals(answer, ask(client, address, PORT), row.name + " at " + address);
      }
      assertEquals(answer, ask(here, here.v4(), PORT), row.name + " from the node itself");
    }
  }

  @Test
  void aPortThatChangesIsOpenedAndTheOldOneIsRefused() throws Exception {
    Service web = service("web", PORT, VIPS);
    NodeProxy daemon = start(web);
    daemon.apply(slices(web, List.of(new At(near1, here, State.READY))).toArray());
    awaitWeight(1);

    daemon.apply(service("web", PORT + 1, VIPS));

    for (IpAddress address : addresses()) {
      awaitRefused(address, PORT);
      assertEquals(expected("web", 1), ask(client, address, PORT + 1), address.toString());
    }
    daemon.remove(web);
    awaitRefused(here.v4(), PORT + 1);
    awaitRefused(here.v6(), PORT + 1);
  }

  @Test
  void theVipOfAnotherServiceRefusesThePort() throws Exception {
    Service web = service("web", PORT, VIPS);
    Service other = service("other", PORT + 1, List.of("172.22.0.2", "fd00:22::2"));
    NodeProxy daemon = start(web, other);
    daemon.apply(slices(web, List.of(new At(near1, here, State.READY))).toArray());
    awaitWeight(1);

    for (String vip : List.of("172.22.0.2", "fd00:22::2")) {
      assertInstanceOf(Outcome.Refused.class, client.tcp(IpAddress.parse(vip), PORT));
      assertEquals(expected("other", 0), ask(client, IpAddress.parse(vip), PORT + 1));
    }
    for (String vip : VIPS) {
      assertInstanceOf(Outcome.Refused.class, client.tcp(IpAddress.parse(vip), PORT + 1));
    }
  }

  /** The node's own, and the Service's. */
  private List<IpAddress> addresses() {
    return Stream.concat(Stream.of(here.v4(), here.v6()), VIPS.stream().map(IpAddress::parse))
        .toList();
  }

  private static String expected(String service, int weight) {
    String body =
        "{\"service\":{\"namespace\":\"default\",\"name\":\"%s\"},\"localEndpoints\":%d,"
                .formatted(service, weight)
            + "\"serviceProxyHealthy\":true}\n";
    return "HTTP/1.1 "
        + (weight > 0 ? "200 OK" : "503 Service Unavailable")
        + "\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff"
        + "\r\nX-Load-Balancing-Endpoint-Weight: "
        + weight
        + "\r\nContent-Length: "
        + body.length()
        + "\r\nConnection: close\r\n\r\n"
        + body;
  }

  /** The ports follow the sync after a moment, on a thread of their own. */
  private String awaitWeight(int weight) throws InterruptedException {
    String wanted = "Endpoint-Weight: " + weight + "\r\n";
    String answer = ask(client, here.v4(), PORT);
    for (int i = 0; i < 100 && !answer.contains(wanted); i++) {
      Thread.sleep(20);
      answer = ask(client, here.v4(), PORT);
    }
    return answer;
  }

  private void awaitRefused(IpAddress address, int port) throws InterruptedException {
    Outcome outcome = client.tcp(address, port);
    for (int i = 0; i < 100 && !(outcome instanceof Outcome.Refused); i++) {
      Thread.sleep(20);
      outcome = client.tcp(address, port);
    }
    assertTrue(outcome instanceof Outcome.Refused, address + ": " + outcome);
  }

  /** The whole answer, or what went wrong. */
  private static String ask(Host from, IpAddress address, int port) {
    return from.namespace()
        .call(() -> {
          try (Socket socket = new Socket()) {
            int patience = (int) Host.PATIENCE.toMillis();
            socket.connect(
                new InetSocketAddress(InetAddress.getByAddress(address.toBytes()), port), patience);
            socket.setSoTimeout(patience);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: lb\r\n\r\n".getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
          } catch (IOException e) {
            return e.toString();
          }
        });
  }

  private static Service service(String name, int healthCheckNodePort, List<String> vips) {
    return new Service(
        new ObjectName("default", name),
        Service.Type.LOAD_BALANCER,
        ImmutableList.of(),
        ImmutableList.of(new Service.Port("web", Protocol.TCP, Objects.PORT, 0)),
        ImmutableList.of(),
        vips.stream()
            .map(vip -> new LoadBalancerIp(IpAddress.parse(vip), LoadBalancerIp.Mode.VIP))
            .collect(ImmutableList.toImmutableList()),
        ImmutableList.of(),
        new Service.Affinity.None(),
        TrafficPolicy.LOCAL,
        TrafficPolicy.CLUSTER,
        healthCheckNodePort,
        ImmutableMap.of());
  }

  private static List<Object> slices(Service service, List<At> endpoints) {
    List<Object> slices = new ArrayList<>();
    for (Family family : Family.values()) {
      slices.add(
          new EndpointSlice(
              new ObjectName(
                  "default", service.name().name() + "-" + family.label().toLowerCase(Locale.ROOT)),
              service.name(),
              family,
              ImmutableList.of(new EndpointSlice.Port("web", Protocol.TCP, TARGET_PORT)),
              endpoints.stream()
                  .map(at -> endpoint(at, family))
                  .collect(ImmutableList.toImmutableList())));
    }
    return slices;
  }

  private static Endpoint endpoint(At at, Family family) {
    boolean terminating = at.state == State.TERMINATING;
    return new Endpoint(
        at.pod.addresses().of(family),
        Optional.of(at.node.name()),
        at.state == State.READY,
        at.state != State.UNREADY,
        terminating,
        ImmutableSet.of(),
        ImmutableSet.of());
  }
}
