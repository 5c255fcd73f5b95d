package io.fairlead.lab.synthetic;

import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.EndpointSlice.Endpoint;
import io.fairlead.core.cluster.Node;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.Affinity;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.net.Family;
import io.fairlead.lab.rig.ApiObject;
import io.fairlead.lab.rig.ApiObject.Collection;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Objects as an API server sends them, with all that a proxy has no use for: managedFields, owner
 * references, labels and references to pods. A reader has to get past these, so they are what
 * reading costs.
 */
public final class ApiObjects {
  private static final String BORN = "2026-03-01T09:30:00Z";

  private ApiObjects() {}

  /** A core/v1 Service. */
  public static ApiObject of(Service service) {
    String name = service.name().name();
    String metadata =
        """
        "uid":"%s","creationTimestamp":"%s","labels":{"app":"%s","app.kubernetes.io/part-of":"shop",\
        "app.kubernetes.io/managed-by":"Helm"},"annotations":{"meta.helm.sh/release-name":"%s",\
        "meta.helm.sh/release-namespace":"%s"},"managedFields":[{"manager":"helm","operation":"Update",\
        "apiVersion":"v1","time":"%s","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":\
        {".":{},"f:meta.helm.sh/release-name":{}},"f:labels":{".":{},"f:app":{}}},"f:spec":\
        {"f:internalTrafficPolicy":{},"f:ports":{".":{},"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":\
        {".":{},"f:name":{},"f:port":{},"f:protocol":{},"f:targetPort":{}}},"f:selector":{},\
        "f:sessionAffinity":{},"f:type":{}}}}]\
        """
            .formatted(uid(name), BORN, name, name, service.name().namespace(), BORN);
    return new ApiObject(
        Collection.SERVICES, service.name().namespace(), name, metadata, fields(service));
  }

  /** A discovery.k8s.io/v1 EndpointSlice. */
  public static ApiObject of(EndpointSlice slice) {
    String name = slice.name().name();
    String service = slice.service().name();
    String metadata =
        """
        "generateName":"%1$s-","uid":"%2$s","generation":3,"creationTimestamp":"%3$s","labels":\
        {"app":"%1$s","endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io",\
        "kubernetes.io/service-name":"%1$s"},"annotations":{"endpoints.kubernetes.io/last-change-trigger-time":\
        "%3$s"},"ownerReferences":[{"apiVersion":"v1","kind":"Service","name":"%1$s","uid":"%4$s",\
        "controller":true,"blockOwnerDeletion":true}],"managedFields":[{"manager":"kube-controller-manager",\
        "operation":"Update","apiVersion":"discovery.k8s.io/v1","time":"%3$s","fieldsType":"FieldsV1",\
        "fieldsV1":{"f:addressType":{},"f:endpoints":{},"f:metadata":{"f:annotations":{".":{},\
        "f:endpoints.kubernetes.io/last-change-trigger-time":{}},"f:generateName":{},"f:labels":{".":{},\
        "f:endpointslice.kubernetes.io/managed-by":{},"f:kubernetes.io/service-name":{}},\
        "f:ownerReferences":{}},"f:ports":{}}}]\
        """
            .formatted(service, uid(name), BORN, uid(service));
    return new ApiObject(
        Collection.ENDPOINT_SLICES, slice.name().namespace(), name, metadata, fields(slice));
  }

  /** A core/v1 Node. */
  public static ApiObject of(Node node) {
    String addresses =
        node.addresses().stream()
            .map(address -> "{\"type\":\"InternalIP\",\"address\":\"%s\"}".formatted(address))
            .collect(Collectors.joining(","));
    return new ApiObject(
        Collection.NODES,
        "",
        node.name(),
        "\"uid\":\"%s\",\"labels\":{\"topology.kubernetes.io/zone\":\"%s\"}"
            .formatted(uid(node.name()), node.zone().orElse("")),
        "\"spec\":{},\"status\":{\"addresses\":[" + addresses + "]}");
  }

  /** All objects of a cluster with its first node, Services first. */
  public static Stream<ApiObject> of(Cluster cluster) {
    return Stream.of(
            cluster.numbers().mapToObj(cluster::service).map(ApiObjects::of),
            cluster
                .numbers()
                .mapToObj(cluster::slices)
                .flatMap(slices -> slices.stream().map(ApiObjects::of)),
            Stream.of(of(cluster.node(0))))
        .flatMap(each -> each);
  }

  private static String fields(Service service) {
    String affinity =
        switch (service.affinity()) {
          case Affinity.None() -> "\"sessionAffinity\":\"None\"";
          case Affinity.ClientIp(int seconds) ->
              """
              "sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":%d}}\
              """
                  .formatted(seconds);
        };
    boolean isExternal = service.type() != Service.Type.CLUSTER_IP;
    return """
    "spec":{"type":"%s","clusterIP":"%s","clusterIPs":[%s],"ports":[%s],"selector":{"app":"%s"},%s,\
    "internalTrafficPolicy":"%s"%s%s},"status":{"loadBalancer":{%s}}\
    """
        .formatted(
            type(service),
            service.clusterIps().getFirst(),
            quoted(service.clusterIps().stream()),
            service.ports().stream().map(ApiObjects::port).collect(Collectors.joining(",")),
            service.name().name(),
            affinity,
            policy(service.internalTrafficPolicy()),
            isExternal
                ? ",\"externalTrafficPolicy\":\"%s\""
                    .formatted(policy(service.externalTrafficPolicy()))
                : "",
            service.sourceRanges().isEmpty()
                ? ""
                : ",\"loadBalancerSourceRanges\":[%s]"
                    .formatted(quoted(service.sourceRanges().stream())),
            service.loadBalancerIps().isEmpty()
                ? ""
                : "\"ingress\":[%s]"
                    .formatted(
                        service.loadBalancerIps().stream()
                            .map(it -> "{\"ip\":\"%s\",\"ipMode\":\"VIP\"}".formatted(it.address()))
                            .collect(Collectors.joining(","))));
  }

  private static String type(Service service) {
    return switch (service.type()) {
      case CLUSTER_IP -> "ClusterIP";
      case NODE_PORT -> "NodePort";
      case LOAD_BALANCER -> "LoadBalancer";
      case EXTERNAL_NAME -> "ExternalName";
    };
  }

  private static String policy(TrafficPolicy policy) {
    return policy == TrafficPolicy.LOCAL ? "Local" : "Cluster";
  }

  private static String port(Service.Port port) {
    return """
    {"name":"%s","protocol":"%s","port":%d,"targetPort":"web"%s}\
    """
        .formatted(
            port.name(),
            port.protocol(),
            port.port(),
            port.nodePort() == 0 ? "" : ",\"nodePort\":" + port.nodePort());
  }

  private static String fields(EndpointSlice slice) {
    String ports =
        slice.ports().stream()
            .map(port ->
                """
                {"name":"%s","protocol":"%s","port":%d}\
                """
                    .formatted(port.name(), port.protocol(), port.port()))
            .collect(Collectors.joining(","));
    return """
    "addressType":"%s","endpoints":[%s],"ports":[%s]\
    """
        .formatted(
            slice.family() == Family.IPV4 ? "IPv4" : "IPv6",
            slice.endpoints().stream()
                .map(endpoint -> endpoint(slice, endpoint))
                .collect(Collectors.joining(",")),
            ports);
  }

  private static String endpoint(EndpointSlice slice, Endpoint endpoint) {
    String pod = slice.service().name() + "-" + endpoint.address();
    return """
    {"addresses":["%s"],"conditions":{"ready":%b,"serving":%b,"terminating":%b},"nodeName":"%s",\
    "targetRef":{"kind":"Pod","namespace":"%s","name":"%s","uid":"%s"},"zone":"zone-1"}\
    """
        .formatted(
            endpoint.address(),
            endpoint.ready(),
            endpoint.serving(),
            endpoint.terminating(),
            endpoint.nodeName().orElse(""),
            slice.name().namespace(),
            pod,
            uid(pod));
  }

  private static String quoted(Stream<?> texts) {
    return texts.map(text -> "\"" + text + "\"").collect(Collectors.joining(","));
  }

  private static UUID uid(String name) {
    return new UUID(name.hashCode() * 0x9E3779B97F4A7C15L, name.hashCode() * 0xC2B2AE3D27D4EB4FL);
  }
}
