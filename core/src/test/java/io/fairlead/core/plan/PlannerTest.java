package io.fairlead.core.plan;

import static io.fairlead.core.cluster.TestObjects.slice;
import static io.fairlead.core.cluster.TestObjects.slicePort;
import static io.fairlead.core.cluster.TestObjects.tcp;
import static io.fairlead.core.cluster.TestObjects.udp;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedSet;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.Locality;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.LoadBalancerIp;
import io.fairlead.core.cluster.TestObjects;
import io.fairlead.core.cluster.TestObjects.ServiceDraft;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.endpoints.ServiceEndpoints;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.ServicePlan.NoLocalEndpoints;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Plans, virtual server by virtual server, as {@code ipvsadm -Ln} would list them. */
class PlannerTest {
  private static final Locality HERE = new Locality(TestObjects.NODE, Optional.of("a"));
  private static final Surroundings AROUND =
      new Surroundings(
          HERE,
          ImmutableList.of(TestObjects.ip("192.168.1.1")),
          ImmutableSortedSet.of(TestObjects.ip("192.168.1.1"), TestObjects.ip("192.168.2.1")),
          ImmutableMap.of(TestObjects.ip("192.168.1.2"), "there"));
  private static final ServiceDraft WEB = ServiceDraft.service("web", "172.20.1.1", tcp("", 80));
  private static final List<EndpointSlice.Port> HTTP = List.of(slicePort("", Protocol.TCP, 80));

  /** The endpoints A to E of section 10.2, in its first and third form. */
  private static final List<EndpointSlice> READY_HERE =
      List.of(
          slice(
              "s",
              "web",
              HTTP,
              "10.0.1.1 local ready",
              "10.0.1.2 local ready",
              "10.0.1.3 local serving terminating",
              "10.0.1.4 local terminating",
              "10.0.1.5 ready"));

  private static final List<EndpointSlice> ONLY_TERMINATING =
      List.of(
          slice(
              "s",
              "web",
              HTTP,
              "10.0.1.1 local serving terminating",
              "10.0.1.2 local serving terminating",
              "10.0.1.3 local terminating",
              "10.0.1.4 serving terminating",
              "10.0.1.5"));

  private static final List<EndpointSlice> TERMINATING_HERE =
      List.of(
          slice(
              "s",
              "web",
              HTTP,
              "10.0.1.1 local serving terminating",
              "10.0.1.2 local serving terminating",
              "10.0.1.3 local terminating",
              "10.0.1.4 serving terminating",
              "10.0.1.5 ready"));

  private static final List<EndpointSlice> TWO =
      List.of(slice("s", "web", HTTP, "10.0.1.1 local ready", "10.0.1.5 ready"));

  record Case(String name, ServiceDraft service, List<EndpointSlice> slices, List<String> expect) {
    Case(String name, ServiceDraft service, List<EndpointSlice> slices, String... expect) {
      this(name, service, slices, List.of(expect));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            "P01 a ClusterIP and two endpoints",
            WEB,
            TWO,
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 -> 10.0.1.1:80 10.0.1.5:80"),
        new Case(
            "P03 without endpoints the virtual server stays, empty",
            WEB,
            List.of(),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 ->"),
        new Case(
            "P04 one number on two protocols",
            ServiceDraft.service("web", "172.20.1.1", tcp("t", 53), udp("u", 53)),
            List.of(
                slice("s", "web", List.of(slicePort("u", Protocol.UDP, 1053)), "10.0.1.5 ready")),
            "CLUSTER_IP TCP 172.20.1.1:53 rr flags 0 ->",
            "CLUSTER_IP UDP 172.20.1.1:53 rr flags 0 -> 10.0.1.5:1053"),
        new Case(
            "P09 a VIP ingress is served, a Proxy ingress is not",
            WEB.loadBalancerIps(LoadBalancerIp.Mode.VIP, "1.2.3.4"),
            List.of(),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 ->",
            "EXTERNAL TCP 1.2.3.4:80 rr flags 0 ->"),
        new Case(
            "P09 Proxy",
            WEB.loadBalancerIps(LoadBalancerIp.Mode.PROXY, "1.2.3.4"),
            List.of(),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 ->"),
        new Case(
            "P14 eTP Local: the ClusterIP takes all, outsiders of the external address the local ones",
            WEB.externalIps("1.2.3.4").externalLocal(),
            READY_HERE,
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 -> 10.0.1.1:80 10.0.1.2:80 10.0.1.5:80",
            "EXTERNAL TCP 1.2.3.4:80 rr flags 0 -> 10.0.1.1:80 10.0.1.2:80 10.0.1.5:80",
            "NODE FWM rr flags 0 -> 10.0.1.1:80 10.0.1.2:80"),
        new Case(
            "P14 only terminating ones: both addresses take those",
            WEB.externalIps("1.2.3.4"),
            ONLY_TERMINATING,
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 -> 10.0.1.1:80 10.0.1.2:80 10.0.1.4:80",
            "EXTERNAL TCP 1.2.3.4:80 rr flags 0 -> 10.0.1.1:80 10.0.1.2:80 10.0.1.4:80"),
        new Case(
            "P14 eTP Local with local ones terminating",
            WEB.externalIps("1.2.3.4").externalLocal(),
            TERMINATING_HERE,
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 -> 10.0.1.5:80",
            "EXTERNAL TCP 1.2.3.4:80 rr flags 0 -> 10.0.1.5:80",
            "NODE FWM rr flags 0 -> 10.0.1.1:80 10.0.1.2:80"),
        new Case(
            "iTP Local keeps to the node",
            WEB.internalLocal(),
            TWO,
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 -> 10.0.1.1:80"),
        new Case(
            "P13 iTP Local without a local endpoint has none: no cluster list is made for it",
            WEB.internalLocal(),
            List.of(slice("s", "web", HTTP, "10.0.1.5 ready")),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 ->"),
        new Case(
            "P16 affinity is persistence",
            WEB.affinity(10800),
            List.of(),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 1 10800 s /32 ->"),
        new Case(
            "affinity counts whole IPv6 addresses",
            ServiceDraft.service("web", "fd00::1", tcp("", 80)).affinity(60),
            List.of(),
            "CLUSTER_IP TCP [fd00::1]:80 rr flags 1 60 s /128 ->"),
        new Case(
            "two families have their own endpoints",
            ServiceDraft.service("web", "172.20.1.1,fd00::1", tcp("", 80)),
            List.of(
                slice("s4", "web", HTTP, "10.0.1.1 ready"),
                slice("s6", "web", HTTP, "fd01::1 ready")),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 -> 10.0.1.1:80",
            "CLUSTER_IP TCP [fd00::1]:80 rr flags 0 -> [fd01::1]:80"),
        new Case(
            "an address named twice is served once",
            WEB.externalIps("1.2.3.4").loadBalancerIps(LoadBalancerIp.Mode.VIP, "1.2.3.4"),
            List.of(),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 ->",
            "EXTERNAL TCP 1.2.3.4:80 rr flags 0 ->"),
        new Case("P37 headless", ServiceDraft.service("web", "", tcp("", 80)), TWO),
        new Case(
            "a manifest without a ClusterIP is served where it has addresses, in both families",
            ServiceDraft.service("web", "", tcp("", 80)).externalIps("1.2.3.4", "2001:db8::1"),
            TWO,
            "EXTERNAL TCP 1.2.3.4:80 rr flags 0 -> 10.0.1.1:80 10.0.1.5:80",
            "EXTERNAL TCP [2001:db8::1]:80 rr flags 0 ->"),
        new Case(
            "P02 endpoints of a family without an address serve nobody",
            WEB,
            List.of(slice("s6", "web", HTTP, "fd01::1 ready")),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 ->"),
        new Case(
            "ports meet by name, not by number",
            ServiceDraft.service("web", "172.20.1.1", tcp("a", 80), tcp("b", 81)),
            List.of(
                slice(
                    "s",
                    "web",
                    List.of(slicePort("b", Protocol.TCP, 80), slicePort("a", Protocol.TCP, 81)),
                    "10.0.1.1 ready")),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 -> 10.0.1.1:81",
            "CLUSTER_IP TCP 172.20.1.1:81 rr flags 0 -> 10.0.1.1:80"),
        new Case(
            "the same name in another protocol is another port",
            WEB,
            List.of(slice("s", "web", List.of(slicePort("", Protocol.SCTP, 80)), "10.0.1.1 ready")),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 ->"),
        new Case(
            "an endpoint that listens on two numbers is two real servers",
            WEB,
            List.of(
                slice("s", "web", HTTP, "10.0.1.1 ready"),
                slice("t", "web", List.of(slicePort("", Protocol.TCP, 81)), "10.0.1.1 ready")),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 -> 10.0.1.1:80 10.0.1.1:81"),
        new Case(
            "P12 eTP Local without a local endpoint: the node and its pods reach the others",
            WEB.externalIps("1.2.3.4").externalLocal(),
            List.of(slice("s", "web", HTTP, "10.0.1.5 ready")),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 -> 10.0.1.5:80",
            "EXTERNAL TCP 1.2.3.4:80 rr flags 0 -> 10.0.1.5:80"),
        new Case(
            "P13 iTP Local has no fallback, whatever other addresses have",
            WEB.externalIps("1.2.3.4").internalLocal(),
            List.of(slice("s", "web", HTTP, "10.0.1.5 ready")),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 ->",
            "EXTERNAL TCP 1.2.3.4:80 rr flags 0 -> 10.0.1.5:80"),
        new Case(
            "P15 hints narrow both kinds of address, but not the local endpoints of eTP Local",
            WEB.externalIps("1.2.3.4").externalLocal(),
            List.of(
                slice("s", "web", HTTP, "10.0.1.1 local ready zone=b", "10.0.1.5 ready zone=a")),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 -> 10.0.1.5:80",
            "EXTERNAL TCP 1.2.3.4:80 rr flags 0 -> 10.0.1.5:80",
            "NODE FWM rr flags 0 -> 10.0.1.1:80"),
        new Case(
            "P05 a node port on each of the node's addresses",
            nodePort(WEB, 30080),
            TWO,
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 -> 10.0.1.1:80 10.0.1.5:80",
            "NODE TCP 192.168.1.1:30080 rr flags 0 -> 10.0.1.1:80 10.0.1.5:80",
            "NODE TCP 192.168.2.1:30080 rr flags 0 -> 10.0.1.1:80 10.0.1.5:80"),
        new Case(
            "P08 an externalIP or ingress address of another Node is left out",
            WEB.externalIps("192.168.1.2").loadBalancerIps(LoadBalancerIp.Mode.VIP, "192.168.1.2"),
            TWO,
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 -> 10.0.1.1:80 10.0.1.5:80"),
        new Case(
            "affinity of outsiders is a hash of their address: marks and persistence do not go together",
            WEB.externalIps("1.2.3.4").externalLocal().affinity(60),
            TWO,
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 1 60 s /32 -> 10.0.1.1:80 10.0.1.5:80",
            "EXTERNAL TCP 1.2.3.4:80 rr flags 1 60 s /32 -> 10.0.1.1:80 10.0.1.5:80",
            "NODE FWM mh flags 8 -> 10.0.1.1:80"),
        new Case(
            "a ClusterIP that is named as externalIP, too, stays a ClusterIP",
            WEB.externalIps("172.20.1.1"),
            List.of(),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 ->"),
        new Case("P37 ExternalName", WEB.type(Service.Type.EXTERNAL_NAME), TWO),
        new Case(
            "external addresses of a family without a ClusterIP",
            WEB.externalIps("2001:db8::1"),
            List.of(),
            "CLUSTER_IP TCP 172.20.1.1:80 rr flags 0 ->"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void plans(Case c) {
    assertEquals(c.expect, plan("rr", c).frontends().stream().map(PlannerTest::text).toList());
  }

  /** P17: mh-port as kube-proxy; mh-fallback and sh-fallback so that draining refuses nobody. */
  @ParameterizedTest
  @CsvSource({"rr,0", "lc,0", "sh,8", "mh,24"})
  void schedulersGetTheirFlags(String scheduler, int flags) {
    assertEquals(
        "CLUSTER_IP TCP 172.20.1.1:80 " + scheduler + " flags " + flags + " ->",
        text(plan(scheduler, new Case("", WEB, List.of())).frontends().getFirst()));
  }

  @Test
  void elementsFollowTheKindOfAddress() {
    assertEquals(
        List.of(
            "SERVICES 172.20.1.1",
            "CLUSTER_IPS 172.20.1.1",
            "SERVICES 1.2.3.4",
            "MASQUERADE 1.2.3.4"),
        elements(WEB.externalIps("1.2.3.4"), TWO));
    assertEquals(
        List.of(
            "SERVICES 172.20.1.1",
            "CLUSTER_IPS 172.20.1.1",
            "SERVICES 192.168.1.1",
            "MASQUERADE 192.168.1.1",
            "SERVICES 192.168.2.1",
            "MASQUERADE 192.168.2.1"),
        elements(nodePort(WEB, 30080), TWO));
  }

  @Test
  void p11OutsidersOfLocalTrafficAreMarkedAndKeepTheirSource() {
    assertEquals(
        List.of(
            "SERVICES 172.20.1.1", "CLUSTER_IPS 172.20.1.1", "SERVICES 1.2.3.4", "mark 1.2.3.4:80"),
        elements(WEB.externalIps("1.2.3.4").externalLocal(), TWO));
  }

  record Missing(
      String name, ServiceDraft service, List<EndpointSlice> slices, List<String> expect) {
    Missing(String name, ServiceDraft service, List<EndpointSlice> slices, String... expect) {
      this(name, service, slices, List.of(expect));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Missing> missing() {
    List<EndpointSlice> elsewhere = List.of(slice("s", "web", HTTP, "10.0.1.5 ready"));
    return Stream.of(
        new Missing("P03 nobody anywhere", WEB, List.of(), "NO_ENDPOINTS 172.20.1.1"),
        new Missing(
            "P12 eTP Local, none here",
            WEB.externalIps("1.2.3.4").externalLocal(),
            elsewhere,
            "NO_LOCAL_EXTERNAL 1.2.3.4"),
        new Missing(
            "eTP Local, nobody anywhere",
            WEB.externalIps("1.2.3.4").externalLocal(),
            List.of(),
            "NO_ENDPOINTS 172.20.1.1",
            "NO_ENDPOINTS 1.2.3.4"),
        new Missing(
            "P13 iTP Local, none here", WEB.internalLocal(), elsewhere, "NO_LOCAL 172.20.1.1"),
        new Missing(
            "iTP Local, nobody anywhere",
            WEB.internalLocal(),
            List.of(),
            "NO_ENDPOINTS 172.20.1.1"));
  }

  @ParameterizedTest
  @MethodSource("missing")
  void whoIsMissingDecidesBetweenRefusingAndDropping(Missing c) {
    assertEquals(
        c.expect,
        elements(c.service, c.slices).stream().filter(it -> it.startsWith("NO_")).toList());
  }

  @Test
  void p13ThePolicyThatKeepsFlowsOutIsCounted() {
    List<EndpointSlice> elsewhere = List.of(slice("s", "web", HTTP, "10.0.1.5 ready"));
    assertEquals(
        Set.of(
            new NoLocalEndpoints(Family.IPV4, NoLocalEndpoints.Policy.INTERNAL),
            new NoLocalEndpoints(Family.IPV4, NoLocalEndpoints.Policy.EXTERNAL)),
        plan(
                "rr",
                new Case("", WEB.externalIps("1.2.3.4").externalLocal().internalLocal(), elsewhere))
            .missing());
    assertEquals(
        Set.of(), plan("rr", new Case("", WEB.internalLocal(), List.of())).missing(), "nobody");
  }

  /** Who may be {@code |} and what the elements say then; the node is 192.168.1.1. */
  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.0/24",
    "192.0.2.0/24 192.0.2.7/32 198.51.100.0/24, 192.0.2.0/24 198.51.100.0/24",
    "192.168.0.0/16, 1.2.3.4/32 192.168.0.0/16",
    "0.0.0.0/0, 0.0.0.0/0",
    "2001:db8::/32, ''"
  })
  void p10RangesAreNeverWithinOneAnotherAndTheNodeIsSeenAsTheVip(String ranges, String allowed) {
    ServiceDraft limited =
        changed(
            WEB.loadBalancerIps(LoadBalancerIp.Mode.VIP, "1.2.3.4"),
            WEB.service().ports(),
            Splitter.on(' ')
                .splitToStream(ranges)
                .map(Cidr::parse)
                .collect(ImmutableList.toImmutableList()));
    assertEquals(
        allowed,
        plan("rr", new Case("", limited, TWO)).frontends().stream()
            .flatMap(frontend -> frontend.elements().stream())
            .flatMap(element ->
                element instanceof SetElement.Allowed it ? Stream.of(it.sources()) : Stream.empty())
            .map(Cidr::toString)
            .collect(joining(" ")));
    assertEquals(
        allowed.isEmpty() ? List.of() : List.of("LIMITED 1.2.3.4"),
        elements(limited, TWO).stream().filter(it -> it.startsWith("LIMITED")).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "fairlead.io/scheduler, lc, '', '', lc flags 0",
    "fairlead.io/scheduler, mh, '', '', mh flags 24",
    "fairlead.io/scheduler, mh, fairlead.io/scheduler-flags, mh-fallback, mh flags 8",
    "fairlead.io/scheduler, sh, fairlead.io/scheduler-flags, 'sh-port, sh-fallback', sh flags 24",
    "kube-router.io/service.scheduler, wlc, '', '', wlc flags 0",
    "kube-router.io/service.scheduler, mh, kube-router.io/service.schedflags, flag-1, mh flags 8",
    "kube-router.io/service.scheduler, wlc, fairlead.io/scheduler, sed, sed flags 0",
    "fairlead.io/scheduler, Round Robin, '', '', rr flags 0",
    "fairlead.io/scheduler-flags, nonsense, '', '', rr flags 0",
  })
  void anAnnotationChoosesTheScheduler(
      String key, String value, String key2, String value2, String expect) {
    ImmutableMap<String, String> annotations =
        key2.isEmpty() ? ImmutableMap.of(key, value) : ImmutableMap.of(key, value, key2, value2);
    ServicePlan plan = plan("rr", new Case("", annotated(annotations), List.of()));
    assertEquals(
        "CLUSTER_IP TCP 172.20.1.1:80 " + expect + " ->", text(plan.frontends().getFirst()));
    assertEquals(
        value.equals("Round Robin") || value.equals("nonsense") ? 1 : 0, plan.problems().size());
  }

  @Test
  void eachAddressIsRefusedForItself() {
    assertEquals(
        List.of(
            "SERVICES 172.20.1.1",
            "CLUSTER_IPS 172.20.1.1",
            "NO_ENDPOINTS 172.20.1.1",
            "SERVICES fd00::1",
            "CLUSTER_IPS fd00::1"),
        elements(
            ServiceDraft.service("web", "172.20.1.1,fd00::1", tcp("", 80)),
            List.of(slice("s6", "web", HTTP, "fd01::1 ready"))));
  }

  @Test
  void everyLocalEndpointMayBeItsOwnClientInAnyState() {
    assertEquals(
        "10.0.1.1 10.0.1.2 10.0.1.3 10.0.1.4",
        plan("rr", new Case("", WEB, READY_HERE)).hairpins().stream()
            .map(hairpin -> hairpin.address().toString())
            .collect(joining(" ")));
  }

  @Test
  void unfitAddressesAreNamedAndTheRestGoesOn() {
    ServicePlan plan =
        plan(
            "rr",
            new Case(
                "",
                WEB.externalIps("127.0.0.1", "0.0.0.0", "224.0.0.1", "169.254.1.1", "1.2.3.4"),
                List.of()));

    assertEquals(2, plan.frontends().size());
    assertEquals(
        List.of(
            "externalIP 127.0.0.1 is a loopback address; left out",
            "externalIP 0.0.0.0 is the unspecified address; left out",
            "externalIP 224.0.0.1 is a multicast address; left out",
            "externalIP 169.254.1.1 is a link-local address; left out"),
        plan.problems());
  }

  @Test
  void aPortOutOfRangeIsNamedAndTheOthersGoOn() {
    ServicePlan plan =
        plan(
            "rr",
            new Case(
                "",
                ServiceDraft.service("web", "172.20.1.1", tcp("a", 70000), tcp("b", 80)),
                List.of()));

    assertEquals(1, plan.frontends().size());
    assertEquals(List.of("port 70000 is outside 1..65535; left out"), plan.problems());
  }

  private static ServicePlan plan(String scheduler, Case c) {
    var planner = new Planner(PlannerSettings.of(scheduler));
    Service service = c.service.service();
    return planner.plan(
        service,
        ServiceEndpoints.merge(c.slices),
        AROUND,
        new Marks(MarkRange.DEFAULT).assign(service.name(), planner.split(service, AROUND)));
  }

  private static ServiceDraft nodePort(ServiceDraft draft, int nodePort) {
    return changed(
        draft.type(Service.Type.NODE_PORT),
        ImmutableList.of(new Service.Port("", Protocol.TCP, 80, nodePort)),
        ImmutableList.of());
  }

  private static ServiceDraft changed(
      ServiceDraft draft, ImmutableList<Service.Port> ports, ImmutableList<Cidr> sourceRanges) {
    return changed(draft, ports, sourceRanges, ImmutableMap.of());
  }

  private static ServiceDraft annotated(ImmutableMap<String, String> annotations) {
    return changed(WEB, WEB.service().ports(), ImmutableList.of(), annotations);
  }

  private static ServiceDraft changed(
      ServiceDraft draft,
      ImmutableList<Service.Port> ports,
      ImmutableList<Cidr> sourceRanges,
      ImmutableMap<String, String> annotations) {
    Service service = draft.service();
    return new ServiceDraft(
        new Service(
            service.name(),
            service.type(),
            service.clusterIps(),
            ports,
            service.externalIps(),
            service.loadBalancerIps(),
            sourceRanges,
            service.affinity(),
            service.externalTrafficPolicy(),
            service.internalTrafficPolicy(),
            service.healthCheckNodePort(),
            annotations));
  }

  private static List<String> elements(ServiceDraft service, List<EndpointSlice> slices) {
    return plan("rr", new Case("", service, slices)).frontends().stream()
        .flatMap(frontend -> frontend.elements().stream())
        .flatMap(element ->
            switch (element) {
              case SetElement.ServicePort it -> Stream.of(it.set() + " " + it.address());
              case SetElement.LocalOnly it -> Stream.of("mark " + it.address() + ":" + it.port());
              case SetElement.Vip _,
                  SetElement.Hairpin _,
                  SetElement.Allowed _,
                  SetElement.PodRange _ ->
                  Stream.empty();
            })
        .toList();
  }

  private static String text(Frontend frontend) {
    VirtualServer server = frontend.server();
    String persistence =
        server.options().isPersistent()
            ? " "
                + server.options().persistenceSeconds()
                + " s /"
                + server.options().persistencePrefix()
            : "";
    return frontend.kind()
        + " "
        + (server.key() instanceof VirtualServerKey.Marked ? "FWM" : server.key())
        + " "
        + server.options().scheduler()
        + " flags "
        + server.options().flags()
        + persistence
        + " ->"
        + server.realServers().keySet().stream().map(s -> " " + s).collect(joining());
  }
}
