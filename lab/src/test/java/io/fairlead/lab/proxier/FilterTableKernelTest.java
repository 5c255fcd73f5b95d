package io.fairlead.lab.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.Family;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Pod;
import io.fairlead.lab.rig.Rig;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The nf_tables table as an operator sees it. */
class FilterTableKernelTest {
  private final Rig rig = Rig.create();
  private final Node node = rig.node("node1");
  private final Pod pod = node.pod("pod1", "10.244.1.10", "fd00:244:1::10");
  private final Service web =
      Objects.tcpOnly(
          Objects.withExternalIps(
              Objects.service("web", "10.96.30.32", "fd00:96::20"), "203.0.113.7"));
  private final List<Object> cluster =
      List.of(
          web,
          Objects.slice(web, Family.IPV4, "node1", pod),
          Objects.slice(web, Family.IPV6, "node1", pod));

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void theTableIsShortWhateverTheNumberOfServices() throws Exception {
    try (NodeProxy _ = NodeProxy.start(node, cluster)) {
      assertEquals("", table());
    }
  }

  @Test
  void withMasqueradeAllEveryClusterIpFlowIsMarked() throws Exception {
    try (NodeProxy _ = NodeProxy.start(node, cluster, "--masquerade-all")) {
      assertEquals(
          "",
          table()
              .lines()
              .filter(line -> line.contains("@cluster_ips"))
              .collect(Collectors.joining("\n")));
    }
  }

  private String table() {
    return node.namespace().run("nft", "list", "table", "inet", "fairlead");
  }
}
