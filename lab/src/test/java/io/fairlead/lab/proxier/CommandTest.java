package io.fairlead.lab.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.Family;
import io.fairlead.lab.rig.Client;
import io.fairlead.lab.rig.Namespace.Printed;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.NodeDaemon;
import io.fairlead.lab.rig.Pod;
import io.fairlead.lab.rig.Rig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands as an operator calls them, each a process of its own on the node. */
class CommandTest {
  private final Rig rig = Rig.create();
  private final Node node = rig.node("node1");
  private final Pod pod1 = pod("pod1", 10);
  private final Pod pod2 = pod("pod2", 11);
  private final Client client = rig.client("client", node);
  private final Service web =
      Objects.tcpOnly(
          Objects.withExternalIps(Objects.service("web", "10.96.30.32"), "192.168.50.1"));
  private final Service empty = Objects.tcpOnly(Objects.service("empty", "10.96.0.9"));
  private final List<Object> cluster =
      List.of(web, Objects.slice(web, Family.IPV4, "node1", pod1, pod2), empty);

  private Pod pod(String name, int number) {
    Pod pod = node.pod(name, "10.244.1." + number, "fd00:244:1::" + number);
    pod.serve(Objects.TARGET_PORT);
    return pod;
  }

  /** Somebody else's load balancing, on the same node. */
  @BeforeEach
  void addWhatOthersHave() {
    node.namespace()
        .ipvsadm(
            "-A -t 192.0.2.1:80 -s wlc -p 60\n-a -t 192.0.2.1:80 -r 10.244.1.10:8080 -m -w 7\n");
    node.namespace().ipvsadm("-A -f 5 -s rr\n");
    node.namespace().nft("table inet other { chain c { ip daddr 192.0.2.1 accept; }; }");
    node.namespace().run("ip", "link", "add", "other0", "type", "dummy");
    node.namespace().run("ip", "addr", "add", "192.0.2.1/32", "dev", "other0");
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void statusShowsWhatTheKernelBalancesAndForWhichService() throws Exception {
    try (NodeProxy proxy = NodeProxy.start(node, cluster);
        var busy = client.stream(web.clusterIps().getFirst(), Objects.PORT)) {
      busy.ask();
      String held = busy.ask().answeredBy().orElseThrow();
      proxy.apply(Objects.slice(web, Family.IPV4, "node1", held.equals("pod1") ? pod2 : pod1));

      Printed status = fairlead("status");

      String busyRow = held.equals("pod1") ? "10.244.1.10:8080" : "10.244.1.11:8080";
      String freeRow = held.equals("pod1") ? "10.244.1.11:8080" : "10.244.1.10:8080";
      String[] rows = {
        busyRow + "  0 (draining)  1       0", freeRow + "  1             0       0"
      };
      Arrays.sort(rows);
      assertEquals(
          """
          SERVICE        VIRTUAL SERVER       VIP         SCHEDULER         REAL SERVER       WEIGHT        ACTIVE  INACTIVE
          default/empty  TCP 10.96.0.9:80     kube-ipvs0  rr                none
          default/web    TCP 10.96.30.32:80   kube-ipvs0  rr                %s
                                                                            %s
          -              TCP 192.0.2.1:80     node        wlc, client 60 s  10.244.1.10:8080  7             0       0
          default/web    TCP 192.168.50.1:80  node        rr                %s  1             0       0
          -              FWM 5                -           rr                none
          """
              .formatted(rows[0], rows[1], freeRow),
          status.text());
      assertEquals(0, status.status());
    }
  }

  @Test
  void statusWithoutADaemonShowsTheKernelAllTheSame() throws Exception {
    NodeProxy.start(node, cluster).close();

    Printed status = fairlead("status");

    assertTrue(status.text().contains("-        TCP 10.96.30.32:80"), status::text);
    assertTrue(
        status
            .text()
            .contains(
                "names of Services are not known: the daemon at http://127.0.0.1:10249 is not"
                    + " there"),
        status::text);
    assertEquals(0, status.status());
  }

  @Test
  void cleanupRemovesWhatIsOursAndNothingElse() throws Exception {
    String before = everything();
    NodeProxy.start(node, cluster).close();
    assertTrue(node.namespace().run("ipvsadm", "-Sn").contains("192.168.50.1"));

    Printed first = fairlead("cleanup", "--ownership-record=" + NodeDaemon.ownershipRecord(node));

    assertEquals(
        """
        3 × virtual server removed
        device kube-ipvs0 removed
        nf_tables table fairlead removed
        sysctl net.ipv4.vs.conntrack put back to 0
        sysctl net.ipv4.vs.expire_nodest_conn put back to 0
        sysctl net.ipv4.vs.expire_quiescent_template put back to 0
        sysctl net.netfilter.nf_conntrack_tcp_timeout_close_wait put back to 60
        sysctl net.netfilter.nf_conntrack_tcp_timeout_established put back to 432000
        """,
        first.text().replaceAll("(?m)^sysctl net.netfilter.nf_conntrack_max.*\n", ""));
    assertEquals(0, first.status());
    assertEquals(before, everything());

    Printed second = fairlead("cleanup", "--ownership-record=" + NodeDaemon.ownershipRecord(node));
    assertEquals(
        """
        there were no virtual servers of ours
        there was no device kube-ipvs0
        there was no nf_tables table fairlead
        """,
        second.text());
    assertEquals(before, everything());
  }

  @Test
  void withoutPrivilegesEachCommandSaysSoInOneLine() {
    record Case(String command, String line) {}
    String asRoot = "; run it as root on the host, or in the daemon's own container\n";

    for (Case row :
        List.of(
            new Case(
                "status",
                "fairlead status: read virtual servers: EPERM (IPVS needs CAP_NET_ADMIN in the"
                    + " initial user namespace, for reading too)"
                    + asRoot),
            new Case("cleanup", "fairlead cleanup: list tables: EPERM" + asRoot))) {
      Printed printed = unprivileged(row.command());

      assertEquals(row.line(), printed.text());
      assertEquals(1, printed.status());
    }
    Printed run = unprivileged("run", "--manifests=/tmp");
    assertTrue(run.text().contains("E Fairlead: this process lacks CAP_NET_ADMIN"), run::text);
    assertEquals(1, run.text().lines().count(), run::text);
    assertEquals(1, run.status());
  }

  @Test
  void aUserNamespaceIsNotEnough() {
    Printed run =
        node.namespace()
            .attempt(
                Stream.concat(
                        Stream.of("unshare", "--user", "--map-root-user"),
                        java("run", "--manifests=/tmp"))
                    .toArray(String[]::new));

    assertTrue(run.text().contains("EPERM"), run::text);
    assertTrue(run.text().contains("in the initial user namespace"), run::text);
    assertFalse(run.text().contains("\tat "), run::text);
    assertEquals(1, run.status());
  }

  private Printed fairlead(String... arguments) {
    return node.namespace().attempt(java(arguments).toArray(String[]::new));
  }

  private Printed unprivileged(String... arguments) {
    return node.namespace()
        .attempt(
            Stream.concat(
                    Stream.of("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"),
                    java(arguments))
                .toArray(String[]::new));
  }

  /** This machine's own java, with the classes of this test. */
  static Stream<String> java(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.fairlead.proxier.Fairlead"));
    command.addAll(List.of(arguments));
    return command.stream();
  }

  private String everything() {
    return Stream.of(
            node.namespace().run("ipvsadm", "-Sn"),
            node.namespace().run("ip", "-o", "addr").replaceAll("(?m)^[0-9]+: | tentative", ""),
            node.namespace().run("nft", "-s", "list", "ruleset"))
        .flatMap(String::lines)
        .sorted()
        .collect(Collectors.joining("\n"));
  }
}
