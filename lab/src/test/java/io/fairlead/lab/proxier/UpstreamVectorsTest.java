package io.fairlead.lab.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.EndpointSlice.Endpoint;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The vectors of kube-proxy's pkg/proxy/ipvs/proxier_test.go, in the kernel: the methods have the
 * names of its tests. {@code external} is what outsiders get, who are told from pods here.
 */
@SuppressWarnings("MemberName") // upstream's names, so that they can be searched for
class UpstreamVectorsTest {
  private final TwoNodes stage = new TwoNodes();

  @AfterEach
  void stop() {
    stage.close();
  }

  @Test
  void Test_EndpointSliceReadyAndTerminatingLocal() {
    start(
        service().externalLocal(),
        "10.0.1.1 local ready",
        "10.0.1.2 local ready",
        "10.0.1.3 local serving terminating",
        "10.0.1.4 local terminating",
        "10.0.1.5 ready");

    assertEquals(List.of("10.0.1.1", "10.0.1.2", "10.0.1.5"), servers("-t 172.20.1.1:80"));
    assertEquals(List.of("10.0.1.1", "10.0.1.2"), servers("-f \\d+"));
    assertEquals(List.of("10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.1.4"), hairpins());
  }

  @Test
  void Test_EndpointSliceOnlyReadyAndTerminatingCluster() {
    start(
        service(),
        "10.0.1.1 local serving terminating",
        "10.0.1.2 local serving terminating",
        "10.0.1.3 local terminating",
        "10.0.1.4 serving terminating",
        "10.0.1.5");

    for (String vip : List.of("172.20.1.1", "1.2.3.4")) {
      assertEquals(List.of("10.0.1.1", "10.0.1.2", "10.0.1.4"), servers("-t " + vip + ":80"), vip);
    }
    assertEquals(List.of("10.0.1.1", "10.0.1.2", "10.0.1.3"), hairpins());
  }

  @Test
  void Test_EndpointSliceOnlyReadyAndTerminatingLocal() {
    start(
        service().externalLocal(),
        "10.0.1.1 local serving terminating",
        "10.0.1.2 local serving terminating",
        "10.0.1.3 local terminating",
        "10.0.1.4 serving terminating",
        "10.0.1.5 ready");

    assertEquals(List.of("10.0.1.5"), servers("-t 172.20.1.1:80"));
    assertEquals(List.of("10.0.1.1", "10.0.1.2"), servers("-f \\d+"));
  }

  /** The end of each of the three: the slice is deleted. */
  @Test
  void Test_EndpointSliceDeleted() {
    Service service = service().service();
    NodeProxy proxy = start(service(), "10.0.1.1 local ready", "10.0.1.5 ready");

    proxy.remove(slice(service, List.of()));

    assertEquals(
        List.of("-A -t 1.2.3.4:80 -s rr", "-A -t 172.20.1.1:80 -s rr"), stage.virtualServers());
    assertEquals(List.of(), servers("-t 172.20.1.1:80"));
    assertEquals(List.of(), hairpins());
  }

  @Test
  void Test_syncEndpoint_updateWeightsOnRestart() {
    start(service(), "10.0.1.1 local ready");
    stage.stop();
    stage
        .here
        .namespace()
        .run("ipvsadm", "-e", "-t", "172.20.1.1:80", "-r", "10.0.1.1:80", "-m", "-w", "0");

    start(service(), "10.0.1.1 local ready");

    assertEquals(List.of("10.0.1.1"), servers("-t 172.20.1.1:80"));
  }

  /** P36: the endpoint of the pod that runs counts, wherever the slices have the other one. */
  @Test
  void endpointslicecache_prefersTheRunningPod() {
    Service service = service().service();
    stage.start(
        List.of(
            service,
            slice("a", service, List.of("10.0.1.1 local ready", "10.0.1.2 serving terminating")),
            slice("b", service, List.of("10.0.1.1 local terminating", "10.0.1.2 ready"))));

    assertEquals(List.of("10.0.1.1", "10.0.1.2"), servers("-t 172.20.1.1:80"));
  }

  private static ServiceDraft service() {
    return ServiceDraft.of("svc1", "172.20.1.1").ports(0, Protocol.TCP).externalIps("1.2.3.4");
  }

  private NodeProxy start(ServiceDraft draft, String... endpoints) {
    Service service = draft.service();
    return stage.start(List.of(service, slice(service, List.of(endpoints))));
  }

  private EndpointSlice slice(Service service, List<String> endpoints) {
    return slice("svc1-1", service, endpoints);
  }

  private EndpointSlice slice(String name, Service service, List<String> endpoints) {
    return new EndpointSlice(
        new ObjectName("default", name),
        service.name(),
        Family.IPV4,
        ImmutableList.of(new EndpointSlice.Port(Protocol.TCP.name(), Protocol.TCP, PORT)),
        endpoints.stream()
            .map(text -> endpoint(List.of(text.split(" "))))
            .collect(ImmutableList.toImmutableList()));
  }

  private static final int PORT = 80;

  private Endpoint endpoint(List<String> words) {
    return new Endpoint(
        IpAddress.parse(words.getFirst()),
        Optional.of(words.contains("local") ? stage.here.name() : stage.there.name()),
        words.contains("ready"),
        words.contains("ready") || words.contains("serving"),
        words.contains("terminating"),
        ImmutableSet.of(),
        ImmutableSet.of());
  }

  /** The addresses of a virtual server's real servers that take new flows. */
  private List<String> servers(String virtualServer) {
    return stage
        .here
        .namespace()
        .run("ipvsadm", "-Sn")
        .lines()
        .filter(line -> line.matches("-a " + virtualServer + " .* -w 1.*"))
        .map(line -> line.replaceAll(".* -r ([0-9.]+):80 .*", "$1"))
        .sorted()
        .toList();
  }

  private List<String> hairpins() {
    String set = stage.here.namespace().run("nft", "list", "set", "inet", "fairlead", "hairpin4");
    return Stream.of(set.toLowerCase(Locale.ROOT).split("[{},]"))
        .map(String::strip)
        .filter(element -> element.matches("10\\.0\\..*tcp.*"))
        .map(element -> element.replaceAll(" .*", ""))
        .sorted()
        .toList();
  }
}
