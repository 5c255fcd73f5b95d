package io.fairlead.proxier.source.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fairlead.core.cluster.ClusterEvent.Kind;
import io.fairlead.proxier.source.decode.ObjectKind;
import java.net.URLEncoder;
import java.util.Optional;

/**
 * One collection of the API server, and the part of it that concerns a proxy.
 *
 * @param name what logs call it, such as {@code services}
 * @param selector query parameters that limit it, without {@code &} at either end; may be empty
 * @param listed what to report when its first list is complete
 * @param lesser what is asked for where the server forbids this, if that is of any use
 */
record Resource(
    String name,
    ObjectKind kind,
    String path,
    String selector,
    Kind listed,
    Optional<Resource> lesser) {
  // KEP-2447: other proxies' Services, and headless ones; the slices carry the labels too.
  private static final String OURS =
      "labelSelector="
          + encoded("!service.kubernetes.io/service-proxy-name,!service.kubernetes.io/headless");

  static Resource services() {
    return new Resource(
        "services", ObjectKind.SERVICE, "/api/v1/services", OURS, Kind.SERVICES, Optional.empty());
  }

  static Resource endpointSlices() {
    return new Resource(
        "endpointslices",
        ObjectKind.ENDPOINT_SLICE,
        "/apis/discovery.k8s.io/v1/endpointslices",
        OURS,
        Kind.ENDPOINT_SLICES,
        Optional.empty());
  }

  /** All Nodes; a kubelet's credentials, for one, are good for the own Node only. */
  static Resource nodes(String own) {
    Resource ownOnly = nodes("fieldSelector=" + encoded("metadata.name=" + own), Optional.empty());
    return nodes("", Optional.of(ownOnly));
  }

  private static Resource nodes(String selector, Optional<Resource> lesser) {
    return new Resource("nodes", ObjectKind.NODE, "/api/v1/nodes", selector, Kind.NODES, lesser);
  }

  /** The path and query of a request for this with more parameters. */
  String with(String parameters) {
    return path + "?" + (selector.isEmpty() ? "" : selector + "&") + parameters;
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
