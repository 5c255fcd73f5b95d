package io.fairlead.proxier.source.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.Node;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of an object's fields, good and bad. */
final class ObjectDecoderTest {
  private static final JsonFactory JSON = new JsonFactory();
  private static final YAMLFactory YAML = new YAMLFactory();

  /** YAML stands for JSON here: the decoder sees the same tokens. */
  private static Decoded decode(ObjectKind kind, String yaml) {
    List<Decoded> objects = new ArrayList<>();
    try (JsonParser in = YAML.createParser(yaml)) {
      in.nextToken();
      var _ = ObjectDecoder.ofResource(kind).objects(in, objects::add, it -> fail(it.toString()));
    } catch (IOException e) {
      throw new AssertionError(yaml, e);
    }
    assertEquals(1, objects.size());
    return objects.getFirst();
  }

  private static void fail(String text) {
    throw new AssertionError(text);
  }

  private static Service service(String spec) {
    return service(decode(ObjectKind.SERVICE, "{metadata: {name: web}, " + spec + "}"));
  }

  private static Service service(Decoded decoded) {
    if (decoded.applied().orElse(null) instanceof ClusterEvent.ServiceApplied(Service service)) {
      return service;
    }
    throw new AssertionError("no Service: " + decoded);
  }

  private static EndpointSlice slice(String yaml) {
    Decoded decoded = decode(ObjectKind.ENDPOINT_SLICE, yaml);
    if (decoded.applied().orElse(null) instanceof ClusterEvent.SliceApplied(EndpointSlice it)) {
      return it;
    }
    throw new AssertionError("no slice: " + decoded);
  }

  private static IpAddress ip(String text) {
    return IpAddress.parse(text);
  }

  @Test
  void everyFieldOfAService() {
    Service service =
        service(
            decode(
                ObjectKind.SERVICE,
                """
                status:
                  loadBalancer:
                    ingress:
                      - {ip: 203.0.113.1}
                      - {ipMode: Proxy, ip: 203.0.113.2}
                      - {hostname: lb.example.com}
                spec:
                  type: LoadBalancer
                  clusterIP: 10.0.0.1
                  clusterIPs: [10.0.0.1, "fd00::1"]
                  externalIPs: [198.51.100.1]
                  ports:
                    - {name: dns, protocol: UDP, port: 53, targetPort: 5353, nodePort: 30053}
                    - {name: web, port: 80, targetPort: http, appProtocol: http}
                  sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}
                  sessionAffinity: ClientIP
                  externalTrafficPolicy: Local
                  internalTrafficPolicy: Local
                  healthCheckNodePort: 32000
                  loadBalancerSourceRanges: [" 10.1.2.3/8 "]
                  selector: {app: web}
                metadata:
                  annotations:
                    fairlead.io/scheduler: mh
                    kube-router.io/service.dsr: tunnel
                    kubectl.kubernetes.io/last-applied-configuration: "{}"
                  managedFields: [{manager: kubectl, fieldsV1: {"f:spec": {"f:ports": {}}}}]
                  namespace: shop
                  name: web
                  resourceVersion: "7"
                """));

    assertEquals(
        new Service(
            new ObjectName("shop", "web"),
            Service.Type.LOAD_BALANCER,
            ImmutableList.of(ip("10.0.0.1"), ip("fd00::1")),
            ImmutableList.of(
                new Service.Port("dns", Protocol.UDP, 53, 30053),
                new Service.Port("web", Protocol.TCP, 80, 0)),
            ImmutableList.of(ip("198.51.100.1")),
            ImmutableList.of(
                new Service.LoadBalancerIp(ip("203.0.113.1"), Service.LoadBalancerIp.Mode.VIP),
                new Service.LoadBalancerIp(ip("203.0.113.2"), Service.LoadBalancerIp.Mode.PROXY)),
            ImmutableList.of(Cidr.parse("10.0.0.0/8")),
            new Service.Affinity.ClientIp(60),
            Service.TrafficPolicy.LOCAL,
            Service.TrafficPolicy.LOCAL,
            32000,
            ImmutableMap.of("fairlead.io/scheduler", "mh", "kube-router.io/service.dsr", "tunnel")),
        service);
  }

  @Test
  void whatIsAbsentHasTheApisDefaults() {
    Service service = service("spec: {clusterIP: 10.0.0.1, sessionAffinity: ClientIP}");

    assertEquals(Service.Type.CLUSTER_IP, service.type());
    assertEquals(ImmutableList.of(ip("10.0.0.1")), service.clusterIps());
    assertEquals(new Service.Affinity.ClientIp(10800), service.affinity());
    assertEquals(Service.TrafficPolicy.CLUSTER, service.externalTrafficPolicy());
    assertEquals(Service.TrafficPolicy.CLUSTER, service.internalTrafficPolicy());
  }

  @Test
  void headlessAndExternalNameServicesHaveNoAddressAtAll() {
    for (String spec :
        List.of(
            "spec: {clusterIP: None, externalIPs: [192.0.2.1]}",
            "spec: {externalIPs: [192.0.2.1], clusterIPs: [None]}",
            "spec: {type: ExternalName, externalIPs: [192.0.2.1]}")) {
      assertEquals(ImmutableList.of(), service(spec).clusterIps(), spec);
      assertEquals(ImmutableList.of(), service(spec).externalIps(), spec);
    }
  }

  @Test
  void aManifestWithoutClusterIpKeepsItsExternalAddresses() {
    Service service = service("spec: {type: LoadBalancer, externalIPs: [192.0.2.1]}");

    assertEquals(ImmutableList.of(), service.clusterIps());
    assertEquals(ImmutableList.of(ip("192.0.2.1")), service.externalIps());
  }

  @Test
  void aSourceRangeThatIsLostLetsNobodyIn() {
    record Case(String given, List<String> means) {}
    for (Case row :
        List.of(
            new Case("", List.of()),
            new Case("10.0.0.0/8", List.of("10.0.0.0/8")),
            new Case("' 10.1.2.3/8\t', ' fd00::1/8'", List.of("10.0.0.0/8", "fd00::/8")),
            new Case("everyone", List.of("0.0.0.0/32", "::/128")),
            new Case("''", List.of("0.0.0.0/32", "::/128")),
            new Case("null", List.of("0.0.0.0/32", "::/128")),
            new Case("10.0.0.0", List.of("0.0.0.0/32", "::/128")),
            new Case("[10.0.0.0/8]", List.of("0.0.0.0/32", "::/128")),
            // It may have been the only range of the other family.
            new Case("10.0.0.0/8, fd00::/129", List.of("10.0.0.0/8", "::/128")),
            new Case("10.0.0.0/33, fd00::/8", List.of("fd00::/8", "0.0.0.0/32")),
            new Case("everyone, 10.0.0.0/8, fd00::/8", List.of("10.0.0.0/8", "fd00::/8")))) {
      assertEquals(
          row.means.stream().map(Cidr::parse).toList(),
          service("spec: {loadBalancerSourceRanges: [" + row.given + "]}").sourceRanges(),
          row.given);
    }
  }

  @Test
  void anIngressAddressIsBoundUnlessItsModeSaysOtherwise() {
    record Case(String mode, Service.LoadBalancerIp.Mode means) {}
    for (Case row :
        List.of(
            new Case("", Service.LoadBalancerIp.Mode.VIP),
            new Case(", ipMode: null", Service.LoadBalancerIp.Mode.VIP),
            new Case(", ipMode: VIP", Service.LoadBalancerIp.Mode.VIP),
            new Case(", ipMode: Proxy", Service.LoadBalancerIp.Mode.PROXY),
            new Case(", ipMode: Other", Service.LoadBalancerIp.Mode.PROXY))) {
      assertEquals(
          ImmutableList.of(new Service.LoadBalancerIp(ip("192.0.2.1"), row.means)),
          service("status: {loadBalancer: {ingress: [{ip: 192.0.2.1" + row.mode + "}]}}")
              .loadBalancerIps(),
          row.mode);
    }
  }

  @Test
  void aPortHasANodePortOnlyIfOneIsAllocated() {
    for (String given : List.of("", ", nodePort: 0", ", nodePort: null")) {
      Service service =
          service(
              "spec: {type: LoadBalancer, allocateLoadBalancerNodePorts: false, ports: [{port: 80"
                  + given
                  + "}]}");
      assertEquals(
          ImmutableList.of(new Service.Port("", Protocol.TCP, 80, 0)), service.ports(), given);
    }
  }

  @Test
  void everyFieldOfASlice() {
    EndpointSlice slice =
        slice(
            """
            endpoints:
              - addresses: [10.1.0.1, 10.1.0.99]
                nodeName: node-a
                targetRef: {kind: Pod, name: web-1}
                conditions: {ready: false, serving: true, terminating: true}
                hints: {forNodes: [{name: node-a}], forZones: [{name: z1}, {name: z2}]}
              - addresses: [10.1.0.2]
                conditions: {ready: null}
              - addresses: []
            ports:
              - {name: "", port: 8080}
              - {name: dns, port: 53, protocol: UDP}
              - {name: null, port: 1}
              - {name: all}
            addressType: IPv4
            metadata:
              labels: {kubernetes.io/service-name: web}
              name: web-1
              namespace: shop
            """);

    assertEquals(
        new EndpointSlice(
            new ObjectName("shop", "web-1"),
            new ObjectName("shop", "web"),
            Family.IPV4,
            ImmutableList.of(
                new EndpointSlice.Port("", Protocol.TCP, 8080),
                new EndpointSlice.Port("dns", Protocol.UDP, 53)),
            ImmutableList.of(
                new EndpointSlice.Endpoint(
                    ip("10.1.0.1"),
                    Optional.of("node-a"),
                    false,
                    true,
                    true,
                    ImmutableSet.of("z1", "z2"),
                    ImmutableSet.of("node-a")),
                new EndpointSlice.Endpoint(
                    ip("10.1.0.2"),
                    Optional.empty(),
                    true,
                    true,
                    false,
                    ImmutableSet.of(),
                    ImmutableSet.of()))),
        slice);
  }

  @Test
  void aNodeAndWhetherLoadBalancersShouldUseIt() {
    String node =
        """
        metadata: {name: a, labels: {topology.kubernetes.io/zone: z1}%s}
        spec: {podCIDR: 10.244.0.0/24, podCIDRs: [10.244.0.0/24, "fd00::/64"], taints: [%s]}
        status:
          addresses:
            - {address: a.example.com, type: Hostname}
            - {address: 192.0.2.1, type: InternalIP}
            - {type: ExternalIP, address: 203.0.113.9}
        """;
    Node wanted =
        new Node(
            "a",
            Optional.of("z1"),
            ImmutableList.of(ip("192.0.2.1"), ip("203.0.113.9")),
            ImmutableList.of(Cidr.parse("10.244.0.0/24"), Cidr.parse("fd00::/64")),
            true);

    assertEquals(
        Optional.of(new ClusterEvent.NodeApplied(wanted)),
        decode(ObjectKind.NODE, node.formatted("", "")).applied());
    for (String leaving :
        List.of(
            node.formatted("", "{effect: NoSchedule, key: ToBeDeletedByClusterAutoscaler}"),
            node.formatted(", deletionTimestamp: \"2026-01-01T00:00:00Z\"", ""))) {
      Node expected =
          new Node(wanted.name(), wanted.zone(), wanted.addresses(), wanted.podCidrs(), false);
      assertEquals(
          Optional.of(new ClusterEvent.NodeApplied(expected)),
          decode(ObjectKind.NODE, leaving).applied());
    }
  }

  @Test
  void aNodesPodRangesAreInTheListOrElseInTheOldField() {
    record Case(String spec, List<String> means) {}
    for (Case row :
        List.of(
            new Case("", List.of()),
            new Case("podCIDR: 10.244.0.0/24", List.of("10.244.0.0/24")),
            new Case("podCIDR: 10.244.0.0/24, podCIDRs: []", List.of("10.244.0.0/24")),
            new Case(
                "podCIDRs: [10.244.0.0/24, 'fd00::/64']", List.of("10.244.0.0/24", "fd00::/64")))) {
      Decoded node = decode(ObjectKind.NODE, "{metadata: {name: a}, spec: {" + row.spec + "}}");
      assertEquals(
          Optional.of(
              new ClusterEvent.NodeApplied(
                  new Node(
                      "a",
                      Optional.empty(),
                      ImmutableList.of(),
                      row.means.stream().map(Cidr::parse).collect(ImmutableList.toImmutableList()),
                      true))),
          node.applied(),
          row.spec);
    }
  }

  record Bad(ObjectKind kind, String yaml, String problem) {}

  static List<Bad> bad() {
    ObjectKind service = ObjectKind.SERVICE;
    ObjectKind slice = ObjectKind.ENDPOINT_SLICE;
    String sliceHead = "metadata: {name: s, labels: {kubernetes.io/service-name: web}}, ";
    return List.of(
        new Bad(
            service,
            "{spec: {externalIPs: [1.2.3.4, 10.0.0.300]}, metadata: {name: web}}",
            "Service default/web: spec.externalIPs[1]: \"10.0.0.300\" is not an IP address;"
                + " that address is left out"),
        new Bad(
            service,
            "{metadata: {name: web}, spec: {externalIPs: [127.0.0.1]}}",
            "Service default/web: spec.externalIPs[0]: 127.0.0.1 is a loopback, unspecified or"
                + " multicast address, which a Service cannot have; that address is left out"),
        new Bad(
            service,
            "{metadata: {name: web}, spec: {clusterIPs: [10.0.0.1, 10.0.0.2]}}",
            "Service default/web: spec.clusterIPs[1]: 10.0.0.2 is a second IPv4 cluster IP;"
                + " that address is left out"),
        new Bad(
            service,
            "{metadata: {name: web}, spec: {type: Loadbalancer}}",
            "Service default/web: spec.type: \"Loadbalancer\" is none of ClusterIP, NodePort,"
                + " LoadBalancer, ExternalName; ClusterIP is assumed"),
        new Bad(
            service,
            "{metadata: {name: web}, spec: {ports: [{port: 80, nodePort: 70000}]}}",
            "Service default/web: spec.ports[0].nodePort: 70000 is outside 1..65535"),
        new Bad(
            service,
            "{metadata: {name: web}, spec: {loadBalancerSourceRanges: [10.0.0.0/8, everyone]}}",
            "Service default/web: spec.loadBalancerSourceRanges[1]: \"everyone\" is not a CIDR such"
                + " as 10.0.0.0/8; that range lets nobody in"),
        new Bad(
            service,
            "{metadata: {name: web}, spec: {ports: {port: 80}}}",
            "Service default/web: spec.ports: is an object where a list is wanted;"
                + " it is left out"),
        new Bad(
            service,
            "{metadata: {name: web, annotations: {fairlead.io/weight: 5}}}",
            "Service default/web: metadata.annotations.fairlead.io/weight: is a whole number where"
                + " a text (in quotes) is wanted; it is left out"),
        new Bad(
            service,
            "{metadata: {name: web}, spec: {sessionAffinityConfig: {clientIP:"
                + " {timeoutSeconds: 99999999999999999999}}}}",
            "Service default/web: spec.sessionAffinityConfig.clientIP.timeoutSeconds:"
                + " 99999999999999999999 is outside 1..86400"),
        new Bad(
            service,
            "{metadata: {name: web}, status: {loadBalancer: {ingress: [{ip: x}]}}}",
            "Service default/web: status.loadBalancer.ingress[0].ip: \"x\" is not an IP address;"
                + " that address is left out"),
        new Bad(
            slice,
            "{metadata: {name: s}, addressType: IPv4}",
            "EndpointSlice default/s: metadata.labels has no kubernetes.io/service-name;"
                + " the slice is left out"),
        new Bad(
            slice,
            "{" + sliceHead + "addressType: FQDN}",
            "EndpointSlice default/s: addressType: \"FQDN\" is none of IPv4, IPv6;"
                + " the slice is left out"),
        new Bad(
            slice,
            "{" + sliceHead + "endpoints: [{addresses: ['fd00::1']}], addressType: IPv4}",
            "EndpointSlice default/s: endpoint fd00::1 is not an IPv4 address, as addressType"
                + " says; that endpoint is left out"),
        new Bad(
            slice,
            "{" + sliceHead + "ports: [{name: a, port: 0}], addressType: IPv4}",
            "EndpointSlice default/s: ports[0]: has no usable name, number and protocol;"
                + " that port is left out"),
        new Bad(
            slice,
            "{" + sliceHead + "endpoints: [{addresses: [169.254.169.254]}], addressType: IPv4}",
            "EndpointSlice default/s: endpoints[0].addresses[0]: 169.254.169.254 is a loopback,"
                + " unspecified, link-local or multicast address, which an endpoint cannot have;"
                + " that endpoint is left out"));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void aBadFieldIsNamedAndTheRestStands(Bad c) {
    Decoded decoded = decode(c.kind, c.yaml);

    assertEquals(List.of(c.problem), decoded.problems().stream().map(Problem::toString).toList());
  }

  @Test
  void objectsForOthersAreKnownByNameOnly() {
    for (String label :
        List.of(
            "service.kubernetes.io/headless: ''",
            "service.kubernetes.io/service-proxy-name: other")) {
      Decoded decoded =
          decode(ObjectKind.SERVICE, "{metadata: {name: web, labels: {" + label + "}}}");
      assertEquals(Optional.empty(), decoded.applied(), label);
      assertEquals(List.of(), decoded.problems(), label);
    }
  }

  @Test
  void watchEventsOfEveryTypeInAnyOrderOfFields() throws IOException {
    record Line(String json, String event) {}
    String web = "{\"metadata\":{\"name\":\"web\",\"resourceVersion\":\"7\"}}";
    for (Line line :
        List.of(
            new Line("{\"type\":\"ADDED\",\"object\":" + web + "}", "Applied"),
            new Line("{\"object\":" + web + ",\"type\":\"MODIFIED\"}", "Applied"),
            new Line("{\"object\":" + web + ",\"type\":\"DELETED\"}", "Deleted"),
            new Line("{\"object\":" + web + ",\"type\":\"RENAMED\"}", "Unusable"),
            new Line("{\"type\":\"ADDED\",\"object\":{}}", "Unusable"),
            new Line("{\"type\":\"ADDED\"}", "Unusable"),
            new Line("{\"type\":\"ADDED\",\"object\":null}", "Unusable"))) {
      assertEquals(line.event, watchEvent(line.json).getClass().getSimpleName(), line.json);
    }
    assertEquals(
        new WatchEvent.Failed(new Status(410, "Expired", "too old")),
        watchEvent(
            "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"status\":\"Failure\","
                + "\"message\":\"too old\",\"reason\":\"Expired\",\"code\":410}}"));
    assertEquals(
        new WatchEvent.Bookmark("9", true),
        watchEvent(
            "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"9\","
                + "\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}}"));
  }

  private static WatchEvent watchEvent(String json) throws IOException {
    try (JsonParser in =
        JSON.createParser(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)))) {
      in.nextToken();
      WatchEvent event = ObjectDecoder.ofResource(ObjectKind.SERVICE).watchEvent(in);
      assertEquals(null, in.nextToken(), "the event was read to its end");
      return event;
    }
  }
}
