package io.fairlead.lab.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerKey.Marked;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Client;
import io.fairlead.lab.rig.Host;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Outcome;
import io.fairlead.lab.rig.Outcome.Answer;
import io.fairlead.lab.rig.Outcome.TimedOut;
import io.fairlead.lab.rig.Pod;
import io.fairlead.lab.rig.Rig;
import io.fairlead.proxier.kernel.KernelDataplane;
import io.fairlead.proxier.settings.LocalDetector;
import io.fairlead.proxier.settings.Settings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the table does with packets by its sets: who is an outsider, and who is kept out. Packets by
 * address reach pod1, and packets by mark reach pod2.
 */
class PolicyRulesKernelTest {
  private static final int MARK = 0x1000;
  private static final int SERVED = 8080;
  private static final Duration SILENCE = Duration.ofMillis(700);

  private final Rig rig = Rig.create();
  private final Node node = rig.node("node1");
  private final Pod pod1 = node.pod("pod1", "10.244.1.10", "fd00:244:1::10");
  private final Pod pod2 = node.pod("pod2", "10.244.1.11", "fd00:244:1::11");
  private final Pod caller = node.pod("caller", "10.244.1.20", "fd00:244:1::20");
  private final Client client = rig.client("client", node);

  @BeforeEach
  void start() {
    node.namespace().sysctl("net/ipv4/vs/conntrack", 1);
    pod1.serve(SERVED);
    pod2.serve(SERVED);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  /**
   * Who is told apart how.
   *
   * @param pod the pod that answers a pod which asks by mark
   */
  private record Case(LocalDetector detector, String pod, boolean clientIsMasqueraded) {}

  private List<Case> cases() {
    return List.of(
        new Case(
            new LocalDetector.ClusterCidrs(
                ImmutableList.of(Cidr.parse("10.244.0.0/16"), Cidr.parse("fd00:244::/32"))),
            "pod1",
            true),
        new Case(new LocalDetector.NodeCidr(), "pod1", true),
        new Case(new LocalDetector.BridgeInterface(callersInterface()), "pod1", true),
        new Case(new LocalDetector.InterfacePrefix("pod"), "pod1", true),
        new Case(new LocalDetector.None(), "pod2", false));
  }

  @Test
  void outsidersGoByMarkAndAreMasqueradedOnClusterIps() {
    for (Case row : cases()) {
      try (KernelDataplane kernel = kernel(row.detector())) {
        for (Family family : Family.values()) {
          Addressed external = port(family, 80);
          Addressed clusterIp = port(family, 81);
          serve(kernel, external, Optional.of(new Marked(MARK, family)));
          serve(kernel, clusterIp, Optional.empty());
          edit(
              kernel,
              new SetElement.Vip(external.address()),
              new SetElement.LocalOnly(external.address(), Protocol.TCP, 80, MARK),
              in(ServicePort.Set.SERVICES, external),
              in(ServicePort.Set.SERVICES, clusterIp),
              in(ServicePort.Set.CLUSTER_IPS, clusterIp));
          if (row.detector() instanceof LocalDetector.NodeCidr) {
            Cidr pods = family == Family.IPV4 ? node.podCidr4() : node.podCidr6();
            edit(kernel, new SetElement.PodRange(pods));
          }
          String name = row.detector() + " " + family;

          assertEquals(sees("pod2", client, family), ask(client, external), name);
          assertEquals(sees(row.pod(), caller, family), ask(caller, external), name);
          assertEquals(sees("pod1", node, family), ask(node, external), name);

          Host source = row.clientIsMasqueraded() ? node : client;
          assertEquals(sees("pod1", source, family), ask(client, clusterIp), name);
          assertEquals(sees("pod1", caller, family), ask(caller, clusterIp), name);
        }
      }
      clear();
    }
  }

  @Test
  void whatTheNodeSendsItselfComesThroughNoInterface() {
    for (LocalDetector detector :
        List.of(
            new LocalDetector.BridgeInterface("cbr0"), new LocalDetector.InterfacePrefix("pod"))) {
      try (KernelDataplane kernel = kernel(detector)) {
        Addressed clusterIp = port(Family.IPV4, 81);
        serve(kernel, clusterIp, Optional.empty());
        edit(kernel, in(ServicePort.Set.CLUSTER_IPS, clusterIp));
        node.namespace()
            .nft(
                """
                table inet witness {
                  chain output { type filter hook output priority -105;
                    ip daddr 10.96.0.10 ip saddr %s meta mark 0x4000 counter
                  }
                }
                """
                    .formatted(node.v4()));

        connectFrom(node.v4(), clusterIp);

        String seen = node.namespace().run("nft", "list", "table", "inet", "witness");
        assertEquals(
            List.of(),
            seen.lines().filter(line -> line.contains("counter packets 0 ")).toList(),
            detector.toString());
      }
      clear();
    }
  }

  /**
   * Who is let in.
   *
   * @param answered which of client, caller and node get an answer; the others get none
   */
  private record Door(String what, Set<Host> answered, List<SetElement> elements) {
    Door(String what, Set<Host> answered, SetElement... elements) {
      this(what, answered, List.of(elements));
    }
  }

  private List<Door> doors(Addressed key) {
    boolean isV4 = key.family() == Family.IPV4;
    SetElement limited = in(ServicePort.Set.LIMITED, key);
    String ofClient = client.addresses().of(key.family()) + "/" + key.family().bits();
    String ofNode = key.address() + "/" + key.family().bits(); // its own source is the VIP
    return List.of(
        new Door("open", Set.of(client, caller, node)),
        new Door("no_local", Set.of(), in(ServicePort.Set.NO_LOCAL, key)),
        new Door(
            "no_local_external", Set.of(caller, node), in(ServicePort.Set.NO_LOCAL_EXTERNAL, key)),
        new Door("limited", Set.of(), limited),
        new Door("the client's", Set.of(client), limited, only(key, ofClient)),
        new Door(
            "the pods'",
            Set.of(caller),
            limited,
            only(key, isV4 ? "10.244.0.0/16" : "fd00:244::/32")),
        new Door("the node's", Set.of(node), limited, only(key, ofNode)),
        new Door(
            "everybody's",
            Set.of(client, caller, node),
            limited,
            only(key, isV4 ? "0.0.0.0/0" : "::/0")));
  }

  @Test
  void policiesKeepOutWhomTheyShould() {
    try (KernelDataplane kernel =
        kernel(
            new LocalDetector.ClusterCidrs(
                ImmutableList.of(Cidr.parse("10.244.0.0/16"), Cidr.parse("fd00:244::/32"))))) {
      for (Family family : Family.values()) {
        Addressed key = port(family, 80);
        serve(kernel, key, Optional.empty());
        for (Door door : doors(key)) {
          apply(kernel, new Change.ReplaceFilter(elements(key, door)));
          for (Host host : List.of(client, caller, node)) {
            Outcome outcome = host.tcp(key.address(), key.port(), SILENCE);
            Class<?> wanted = door.answered().contains(host) ? Answer.class : TimedOut.class;
            assertInstanceOf(wanted, outcome, door.what() + ", " + host.name() + " over " + family);
          }
        }
      }
    }
  }

  private static ImmutableList<SetElement> elements(Addressed key, Door door) {
    return ImmutableList.<SetElement>builder()
        .add(
            new SetElement.Vip(key.address()),
            in(ServicePort.Set.SERVICES, key),
            in(ServicePort.Set.MASQUERADE, key))
        .addAll(door.elements())
        .build();
  }

  private KernelDataplane kernel(LocalDetector detector) {
    KernelDataplane kernel =
        node.namespace()
            .call(() -> KernelDataplane.open(new Settings.Masquerade(14, false, detector)));
    apply(kernel, new Change.CreateDevice(), new Change.ReplaceFilter(ImmutableList.of()));
    return kernel;
  }

  private void serve(KernelDataplane kernel, Addressed key, Optional<Marked> marked) {
    apply(kernel, new Change.BindAddress(key.address()));
    serve(kernel, key, pod1, key.family());
    marked.ifPresent(by -> serve(kernel, by, pod2, key.family()));
  }

  private static void serve(KernelDataplane kernel, VirtualServerKey key, Pod pod, Family family) {
    var server = new RealServer(pod.addresses().of(family), SERVED);
    apply(
        kernel,
        new Change.AddVirtualServer(key, new VirtualServerOptions("rr", 0, 0, family.bits())),
        new Change.AddRealServer(key, server, RealServerOptions.masquerade(1)));
  }

  private static void edit(KernelDataplane kernel, SetElement... elements) {
    apply(kernel, new Change.EditFilter(ImmutableList.copyOf(elements), ImmutableList.of()));
  }

  private static void apply(KernelDataplane kernel, Change... changes) {
    assertEquals(List.of(), kernel.apply(ImmutableList.copyOf(changes)));
  }

  private void clear() {
    node.namespace().run("ipvsadm", "-C");
    node.namespace().run("nft", "flush", "ruleset");
    node.namespace().run("ip", "link", "del", "kube-ipvs0");
  }

  private String callersInterface() {
    String route = node.namespace().run("ip", "-o", "route", "get", caller.v4().toString());
    return Stream.of(route.split(" "))
        .dropWhile(word -> !word.equals("dev"))
        .skip(1)
        .findFirst()
        .orElseThrow();
  }

  private void connectFrom(IpAddress source, Addressed to) {
    node.namespace()
        .call(() -> {
          try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(source.toBytes()), 0));
            socket.connect(
                new InetSocketAddress(InetAddress.getByAddress(to.address().toBytes()), to.port()),
                3000);
            return true;
          }
        });
  }

  private static Outcome ask(Host from, Addressed key) {
    return from.tcp(key.address(), key.port());
  }

  private static Outcome sees(String pod, Host source, Family family) {
    return new Answer(pod, source.addresses().of(family));
  }

  private static SetElement in(ServicePort.Set set, Addressed key) {
    return new ServicePort(set, key.address(), key.protocol(), key.port());
  }

  private static SetElement only(Addressed key, String sources) {
    return new SetElement.Allowed(key.address(), key.protocol(), key.port(), Cidr.parse(sources));
  }

  private static Addressed port(Family family, int port) {
    String vip = family == Family.IPV4 ? "10.96.0.10" : "fd00:96::a";
    return new Addressed(IpAddress.parse(vip), port, Protocol.TCP);
  }
}
