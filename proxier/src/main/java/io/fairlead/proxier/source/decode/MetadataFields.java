package io.fairlead.proxier.source.decode;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;

/** The fields of an object's or a list's metadata, as they come; absent texts are empty. */
final class MetadataFields {
  private static final String SERVICE_NAME = "kubernetes.io/service-name";
  private static final String ZONE = "topology.kubernetes.io/zone";
  // Objects with these labels are another proxy's, or nobody's; see KEP-2447.
  private static final String OTHER_PROXY = "service.kubernetes.io/service-proxy-name";
  private static final String HEADLESS = "service.kubernetes.io/headless";
  private static final String INITIAL_EVENTS_END = "k8s.io/initial-events-end"; // KEP-3157

  String name = "";
  String namespace = "";
  String resourceVersion = "";
  String continueToken = "";
  String serviceName = "";
  String zone = "";
  boolean deleting;
  boolean forOthers;
  boolean initialEventsEnd;
  private final ImmutableMap.Builder<String, String> annotations = ImmutableMap.builder();

  void read(Cursor in, String field) throws IOException {
    switch (field) {
      case "name" -> name = in.text();
      case "namespace" -> namespace = in.text();
      case "resourceVersion" -> resourceVersion = in.text();
      case "continue" -> continueToken = in.text();
      case "deletionTimestamp" -> deleting = !in.text().isEmpty();
      case "labels" -> in.eachField(label -> label(in, label));
      case "annotations" -> in.eachField(annotation -> annotation(in, annotation));
      default -> in.skip();
    }
  }

  ImmutableMap<String, String> annotations() {
    return annotations.buildKeepingLast();
  }

  private void label(Cursor in, String label) throws IOException {
    switch (label) {
      case SERVICE_NAME -> serviceName = in.text();
      case ZONE -> zone = in.text();
      case OTHER_PROXY, HEADLESS -> {
        forOthers = true; // whatever its value
        in.skip();
      }
      default -> in.skip();
    }
  }

  private void annotation(Cursor in, String annotation) throws IOException {
    if (annotation.startsWith("fairlead.io/") || annotation.startsWith("kube-router.io/")) {
      annotations.put(annotation, in.text());
    } else if (annotation.equals(INITIAL_EVENTS_END)) {
      initialEventsEnd = in.text().equals("true");
    } else {
      in.skip();
    }
  }
}
