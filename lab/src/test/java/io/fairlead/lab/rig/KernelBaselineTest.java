package io.fairlead.lab.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.lab.rig.Outcome.Answer;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Load balancing with ipvsadm alone: the kernel does its part before any of our code is asked. */
class KernelBaselineTest {
  private static final int PORT = 80;
  private static final int TARGET_PORT = 8080;

  @ParameterizedTest
  @EnumSource(Family.class)
  void theKernelBalancesAVirtualServerOverItsPods(Family family) {
    try (Rig rig = Rig.create()) {
      Node node = rig.node("node1");
      Pod pod1 = node.pod("pod1", "10.244.1.10", "fd00:244:1::10");
      Pod pod2 = node.pod("pod2", "10.244.1.11", "fd00:244:1::11");
      Client client = rig.client("client", node);
      pod1.serve(TARGET_PORT);
      pod2.serve(TARGET_PORT);
      IpAddress vip =
          switch (family) {
            case IPV4 -> IpAddress.parse("10.96.0.10");
            case IPV6 -> IpAddress.parse("fd00:10:96::a");
          };
      program(node, vip, pod1, pod2);

      Set<Outcome> answers =
          IntStream.range(0, 2).mapToObj(_ -> client.tcp(vip, PORT)).collect(Collectors.toSet());
      IpAddress source = client.addresses().of(family);
      assertEquals(Set.of(new Answer("pod1", source), new Answer("pod2", source)), answers);
      assertInstanceOf(Answer.class, client.udp(vip, PORT), "UDP");
      assertInstanceOf(Answer.class, client.sctp(vip, PORT), "SCTP");
      assertInstanceOf(Outcome.Refused.class, client.tcp(vip, 81), "a port without pods");
    }
  }

  private static void program(Node node, IpAddress vip, Pod... pods) {
    Family family = vip.family();
    String address = family == Family.IPV4 ? "%s" : "[%s]";
    String virtual = address.formatted(vip) + ":" + PORT;
    StringBuilder servers = new StringBuilder();
    for (String protocol : Set.of("-t", "-u", "--sctp-service")) {
      servers.append("-A %s %s -s rr\n".formatted(protocol, virtual));
      for (Pod pod : pods) {
        String real = address.formatted(pod.addresses().of(family)) + ":" + TARGET_PORT;
        servers.append("-a %s %s -r %s -m\n".formatted(protocol, virtual, real));
      }
    }
    node.namespace()
        .ip("link add kube-ipvs0 type dummy\naddr add %s dev kube-ipvs0".formatted(vip));
    node.namespace().ipvsadm(servers.toString());
  }
}
