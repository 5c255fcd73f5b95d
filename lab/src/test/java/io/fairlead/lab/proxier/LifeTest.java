package io.fairlead.lab.proxier;

import static io.fairlead.lab.proxier.Objects.PORT;
import static io.fairlead.lab.proxier.Objects.TARGET_PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.lab.rig.Client;
import io.fairlead.lab.rig.Host;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Outcome;
import io.fairlead.lab.rig.Outcome.Answer;
import io.fairlead.lab.rig.Pod;
import io.fairlead.lab.rig.Rig;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens to traffic and to the kernel as objects change, and as others interfere. */
class LifeTest {
  private static final IpAddress VIP = IpAddress.parse("10.96.30.32");

  private final Rig rig = Rig.create();
  private final Node node = rig.node("node1");
  private final Pod pod1 = pod("pod1", 10);
  private final Pod pod2 = pod("pod2", 11);
  private final Client client = rig.client("client", node);
  private final Service web = Objects.service("web", "10.96.30.32", "fd00:10:96::20");
  private final EndpointSlice both = Objects.slice(web, Family.IPV4, "node1", pod1, pod2);
  private final EndpointSlice onlyPod2 = Objects.slice(web, Family.IPV4, "node1", pod2);

  @AfterEach
  void close() {
    rig.close();
  }

  private Pod pod(String name, int number) {
    Pod pod = node.pod(name, "10.244.1." + number, "fd00:244:1::" + number);
    pod.serve(TARGET_PORT);
    return pod;
  }

  @Test
  void aRemovedEndpointKeepsItsConnectionsAndGetsNoNewOnes() throws Exception {
    try (NodeProxy proxy = NodeProxy.start(node, List.of(web, both));
        var stream = streamTo(pod1)) {
      proxy.apply(onlyPod2);

      assertEquals(Set.of("pod2"), answering(6));
      assertEquals(Optional.of("pod1"), stream.ask().answeredBy());
      assertTrue(ipvs().contains("10.244.1.10:8080 -m -w 0"), this::ipvs);
    }
  }

  @Test
  void aDrainedEndpointIsRemovedOnceItIsIdle() throws Exception {
    try (NodeProxy proxy = NodeProxy.start(node, List.of(web, both))) {
      var stream = streamTo(pod1);
      proxy.apply(onlyPod2);
      assertEquals(Optional.of("pod1"), stream.ask().answeredBy());
      assertTrue(tcp().contains("10.244.1.10:8080 -m -w 0"), this::ipvs);

      stream.reset(); // IPVS keeps a reset connection for 10 s, a closed one for two minutes

      await("pod1 is removed", () -> !tcp().contains("10.244.1.10:8080"));
    }
  }

  @Test
  void anEndpointThatReturnsWhileItDrainsIsPutBackInPlace() throws Exception {
    try (NodeProxy proxy = NodeProxy.start(node, List.of(web, both));
        var stream = streamTo(pod1)) {
      proxy.apply(onlyPod2);
      proxy.apply(both);

      assertEquals(Set.of("pod1", "pod2"), answering(4));
      assertEquals(Optional.of("pod1"), stream.ask().answeredBy());
      assertTrue(tcp().contains("10.244.1.10:8080 -m -w 1"), this::ipvs);
    }
  }

  @Test
  void noRequestFailsWhileEndpointsComeAndGo() throws Exception {
    try (NodeProxy proxy = NodeProxy.start(node, List.of(web, both))) {
      var asker = new Asker(client, VIP, PORT);
      for (int i = 0; i < 10; i++) {
        asker.awaitMore(3);
        proxy.apply(i % 2 == 0 ? onlyPod2 : both);
      }
      assertEquals(List.of(), asker.stop(), "failed requests");
    }
  }

  @Test
  void aRestartWithNothingToChangeWritesNothing() throws Exception {
    List<Object> cluster = List.of(web, both, Objects.slice(web, Family.IPV6, "node1", pod1));
    try (NodeProxy first = NodeProxy.start(node, cluster)) {
      assertTrue(first.writes() > 0);
    }
    String before = everything();
    try (var stream = streamTo(pod1);
        NodeProxy second = NodeProxy.start(node, cluster)) {
      assertEquals(0, second.writes());
      assertEquals(Optional.of("pod1"), stream.ask().answeredBy());
    }
    assertEquals(before, everything());
  }

  @Test
  void whatChangedWhileItWasDownIsMadeUpForAtTheStart() throws Exception {
    NodeProxy.start(node, List.of(web, both)).close();
    Service other = Objects.service("other", "10.96.0.99");

    try (NodeProxy _ =
        NodeProxy.start(node, List.of(other, Objects.slice(other, Family.IPV4, "node1", pod2)))) {
      assertEquals(
          Optional.of("pod2"), client.tcp(IpAddress.parse("10.96.0.99"), PORT).answeredBy());
      assertFalse(ipvs().contains("10.96.30.32"), this::ipvs);
      assertFalse(addresses().contains("10.96.30.32"), this::addresses);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a VIP,             ip addr del 10.96.30.32/32 dev kube-ipvs0",
    "the device,        ip link del kube-ipvs0",
    "a virtual server,  ipvsadm -D -t 10.96.30.32:80",
    "a real server,     ipvsadm -d -t 10.96.30.32:80 -r 10.244.1.10:8080",
    "a weight,          ipvsadm -e -t 10.96.30.32:80 -r 10.244.1.10:8080 -m -w 0",
    "a way to forward,  ipvsadm -e -t 10.96.30.32:80 -r 10.244.1.10:8080 -g -w 1",
    "a scheduler,       ipvsadm -E -t 10.96.30.32:80 -s lc",
    "persistence,       ipvsadm -E -t 10.96.30.32:80 -s rr -p 300",
    "the IPv6 one,      ipvsadm -D -t [fd00:10:96::20]:80",
    "all of IPVS,       ipvsadm -C",
    "a chain's rules,   nft flush chain inet fairlead classify",
    "a set's elements,  nft flush set inet fairlead services4",
    "one element,       nft delete element inet fairlead vips4 { 10.96.30.32 }",
    "the table,         nft delete table inet fairlead",
    "nothing but ports, ipvsadm -A -t 10.96.30.32:81 -s rr",
    "nothing but adds,  nft add rule inet fairlead input ip saddr vmap { 192.0.2.9 : drop }",
  })
  void whatOthersTakeAwayIsRepaired(String what, String command) throws Exception {
    try (NodeProxy proxy = NodeProxy.start(node, List.of(web, both))) {
      String before = everything();
      node.namespace().run(command.split(" ", -1));

      proxy.audit();

      assertEquals(before, everything(), what);
      assertEquals(Set.of("pod1", "pod2"), answering(4));
    }
  }

  @Test
  void aDeviceThatSomebodySetUpIsNoReasonToWrite() throws Exception {
    try (NodeProxy proxy = NodeProxy.start(node, List.of(web, both))) {
      node.namespace().ip("link set kube-ipvs0 up"); // and the kernel gives it fe80::/64
      assertTrue(addresses().contains("fe80::"), this::addresses);
      int before = proxy.writes();

      proxy.audit();

      assertEquals(before, proxy.writes());
      assertEquals(Set.of("pod1", "pod2"), answering(4));
    }
  }

  @Test
  void whatOthersMadeIsLeftAlone() throws Exception {
    node.namespace()
        .ipvsadm("-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.244.1.10:8080 -m -w 7\n");
    node.namespace().ipvsadm("-A -f 5 -s rr\n");
    node.namespace().nft("table inet other { chain c { ip daddr 192.0.2.1 accept; }; }");
    String ipvsBefore = ipvs();
    String nftBefore = node.namespace().run("nft", "list", "table", "inet", "other");

    try (NodeProxy proxy = NodeProxy.start(node, List.of(web, both))) {
      proxy.audit();
      proxy.remove(web, both);
      proxy.audit();

      assertEquals(ipvsBefore, ipvs());
    }
    assertEquals(nftBefore, node.namespace().run("nft", "list", "table", "inet", "other"));
  }

  @Test
  void aDeletedServiceTakesItsVipAlong() throws Exception {
    try (NodeProxy proxy = NodeProxy.start(node, List.of(web, both))) {
      proxy.remove(web);

      assertEquals("", ipvs());
      assertFalse(addresses().contains("10.96.30.32"), this::addresses);
      assertFalse(
          node.namespace().run("nft", "list", "table", "inet", "fairlead").contains("10.96"));
    }
  }

  @Test
  void anAddressOfTheNodeItselfIsServedButNotBound() throws Exception {
    Service onNode = Objects.withExternalIps(web, "192.168.50.1");
    node.serve(22);

    try (NodeProxy _ =
        NodeProxy.start(node, List.of(onNode, Objects.slice(onNode, Family.IPV4, "node1", pod1)))) {
      assertEquals(Optional.of("pod1"), client.tcp(node.v4(), PORT).answeredBy());
      assertEquals(Optional.of("node1"), client.tcp(node.v4(), 22).answeredBy());
      assertFalse(addresses().contains("192.168.50.1"), this::addresses);
    }
  }

  @Test
  void aVirtualServerOnTheNodesAddressIsStillOursAfterARestart() throws Exception {
    Service onNode = Objects.withExternalIps(web, "192.168.50.1");
    NodeProxy.start(node, List.of(onNode)).close();

    try (NodeProxy _ = NodeProxy.start(node, List.of())) {
      assertEquals("", ipvs());
    }
  }

  @Test
  void aMasqueradedFlowNeverComesFromAVip() throws Exception {
    // A VIP that is nearer to the pod, as IPv6 source selection sees it, than the node's own
    // address.
    Service near = Objects.withExternalIps(web, "fd00:244:1::ffff");
    node.namespace().ip("route replace fd00:244:1::10/128 dev " + podDevice());

    try (NodeProxy _ =
        NodeProxy.start(node, List.of(near, Objects.slice(near, Family.IPV6, "node1", pod1)))) {
      assertEquals(
          new Answer("pod1", node.v6()), client.tcp(IpAddress.parse("fd00:244:1::ffff"), PORT));
    }
  }

  /** The node's end of pod1's veth pair. */
  private String podDevice() {
    String route = node.namespace().run("ip", "-6", "route", "get", "fd00:244:1::10");
    return route.replaceAll("(?s).* dev (\\S+).*", "$1");
  }

  @Test
  void clientAffinityKeepsAClientOnOneEndpoint() throws Exception {
    Service sticky = Objects.withClientAffinity(web, 600);

    try (NodeProxy proxy = NodeProxy.start(node, List.of(sticky, both))) {
      assertEquals(1, answering(6).size());
      assertTrue(ipvs().contains("-A -t 10.96.30.32:80 -s rr -p 600"), this::ipvs);

      proxy.apply(Objects.withClientAffinity(web, 60));
      assertTrue(ipvs().contains("-A -t 10.96.30.32:80 -s rr -p 60"), this::ipvs);
    }
  }

  @Test
  void leastConnectionAvoidsTheBusyEndpoint() throws Exception {
    try (NodeProxy _ = NodeProxy.start(node, List.of(web, both), "--ipvs-scheduler=lc");
        var busy = client.stream(VIP, PORT)) {
      String held = busy.ask().answeredBy().orElseThrow();

      assertEquals(Set.of(held.equals("pod1") ? "pod2" : "pod1"), answering(6));
    }
  }

  @Test
  void aSchedulerThatTheKernelLacksIsNoReasonToStop() throws Exception {
    NodeProxy.start(node, List.of(web, both)).close();

    // Fail static: what is there keeps its scheduler, and its endpoints are followed all the same.
    try (NodeProxy proxy = NodeProxy.start(node, List.of(web, both), "--ipvs-scheduler=nosuch")) {
      proxy.apply(onlyPod2);
      assertEquals(Set.of("pod2"), answering(4));
    }
  }

  private io.fairlead.lab.rig.Stream streamTo(Pod pod) throws Exception {
    for (int attempt = 0; attempt < 4; attempt++) {
      io.fairlead.lab.rig.Stream stream = client.stream(VIP, PORT);
      if (stream.ask().answeredBy().equals(Optional.of(pod.name()))) {
        return stream;
      }
      stream.close();
    }
    throw new AssertionError("four connections and none to " + pod.name());
  }

  private Set<String> answering(int requests) {
    List<Outcome> outcomes =
        IntStream.range(0, requests).mapToObj(_ -> client.tcp(VIP, PORT)).toList();
    outcomes.forEach(outcome -> assertInstanceOf(Answer.class, outcome));
    return outcomes.stream().flatMap(o -> o.answeredBy().stream()).collect(Collectors.toSet());
  }

  /** Everything of ours in the kernel, as the usual tools print it. */
  private String everything() {
    return ipvs() + addresses() + node.namespace().run("nft", "-s", "list", "ruleset");
  }

  private String ipvs() {
    return sorted(node.namespace().run("ipvsadm", "-Sn"));
  }

  private String tcp() {
    return ipvs().lines().filter(line -> line.contains(" -t ")).collect(Collectors.joining("\n"));
  }

  private String addresses() {
    return node.namespace()
        .run("ip", "-o", "addr", "show", "dev", "kube-ipvs0")
        .replaceAll("(?m)^[0-9]+: ", "")
        .lines()
        .sorted()
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String sorted(String text) {
    return text.lines().sorted().map(line -> line + "\n").collect(Collectors.joining());
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Host.PATIENCE.multipliedBy(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not in time: " + what);
      Thread.sleep(100);
    }
  }
}
