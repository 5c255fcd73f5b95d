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
 * @param selector query parameters that limit it, without {@code &} at either end
 * @param listed what to report when its first list is complete, if anything
 */
record Resource(String name, ObjectKind kind, String path, String selector, Optional<Kind> listed) {
  // KEP-2447: other proxies' Services, and headless ones; the slices carry the labels too.
  private static final String OURS =
      "labelSelector="
          + encoded("!service.kubernetes.io/service-proxy-name,!service.kubernetes.io/headless");

  static Resource services() {
    return new Resource(
        "services", ObjectKind.SERVICE, "/api/v1/services", OURS, Optional.of(Kind.SERVICES));
  }

  static Resource endpointSlices() {
    return new Resource(
        "endpointslices",
        ObjectKind.ENDPOINT_SLICE,
        "/apis/discovery.k8s.io/v1/endpointslices",
        OURS,
        Optional.of(Kind.ENDPOINT_SLICES));
  }

  static Resource node(String name) {
    return new Resource(
        "nodes",
        ObjectKind.NODE,
        "/api/v1/nodes",
        "fieldSelector=" + encoded("metadata.name=" + name),
        Optional.empty());
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
