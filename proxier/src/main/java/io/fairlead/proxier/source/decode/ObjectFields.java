package io.fairlead.proxier.source.decode;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.ObjectName;
import java.io.IOException;
import java.util.Optional;

/**
 * The fields of any object, as they come. The kind may be the last of them, so all kinds are read
 * at once; no field that is used means two things.
 */
final class ObjectFields {
  private final Cursor in;
  private final Shared shared;
  String kind = "";
  final MetadataFields metadata = new MetadataFields();
  private final ServiceFields service;
  private final SliceFields slice;
  private final NodeFields node = new NodeFields();
  private int code;
  private String reason = "";
  private String message = "";

  ObjectFields(Cursor in, Shared shared, Optional<String> defaultPortName) {
    this.in = in;
    this.shared = shared;
    this.service = new ServiceFields(shared);
    this.slice = new SliceFields(shared, defaultPortName);
  }

  void read(String field) throws IOException {
    switch (field) {
      case "kind" -> kind = in.text();
      case "metadata" -> in.eachField(inner -> metadata.read(in, inner));
      case "spec" -> in.eachField(this::spec);
      case "status" -> status();
      case "code" -> code = in.number(Integer.MAX_VALUE);
      case "reason" -> reason = in.text();
      case "message" -> message = in.text();
      default -> {
        if (!slice.top(in, field)) {
          in.skip();
        }
      }
    }
  }

  /** What was read, as a Status. */
  Status asStatus() {
    return new Status(code, reason, message);
  }

  /** What was read, as an object of this kind; nothing if it has no name. */
  Optional<Decoded> as(ObjectKind as) {
    if (metadata.name.isEmpty()) {
      return Optional.empty();
    }
    ObjectName name = new ObjectName(shared.same(namespace(as)), metadata.name);
    Optional<ClusterEvent> applied =
        metadata.forOthers && as != ObjectKind.NODE ? Optional.empty() : applied(as, name);
    return Optional.of(
        new Decoded(as, name, metadata.resourceVersion, applied, problems(as.describe(name))));
  }

  /** The problems so far, of the object that has this name. */
  ImmutableList<Problem> problems(String object) {
    return in.notes().stream()
        .map(note -> new Problem(object, note.path(), note.text()))
        .collect(ImmutableList.toImmutableList());
  }

  private String namespace(ObjectKind as) {
    if (as == ObjectKind.NODE) {
      return "";
    }
    return metadata.namespace.isEmpty() ? "default" : metadata.namespace;
  }

  private Optional<ClusterEvent> applied(ObjectKind as, ObjectName name) {
    return switch (as) {
      case SERVICE ->
          Optional.of(
              new ClusterEvent.ServiceApplied(service.service(name, metadata.annotations())));
      case ENDPOINT_SLICE ->
          slice.slice(in, name, metadata.serviceName).map(ClusterEvent.SliceApplied::new);
      case NODE ->
          Optional.of(
              new ClusterEvent.NodeApplied(
                  node.node(name.name(), shared.optional(metadata.zone), metadata.deleting)));
    };
  }

  private void spec(String field) throws IOException {
    if (!service.spec(in, field) && !node.spec(in, field)) {
      in.skip();
    }
  }

  private void status() throws IOException {
    if (in.isText()) {
      return; // a Status says "Failure" here
    }
    in.eachField(field -> {
      switch (field) {
        case "loadBalancer" -> service.loadBalancer(in);
        case "addresses" -> node.addresses(in);
        default -> in.skip();
      }
    });
  }
}
