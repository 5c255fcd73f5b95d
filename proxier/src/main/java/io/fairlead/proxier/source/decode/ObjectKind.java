package io.fairlead.proxier.source.decode;

import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.ObjectName;
import java.util.Optional;

/** The kinds of API object that a proxy reads. A Node has no namespace; its is empty. */
public enum ObjectKind {
  SERVICE("Service"),
  ENDPOINT_SLICE("EndpointSlice"),
  NODE("Node");

  private final String kind;

  ObjectKind(String kind) {
    this.kind = kind;
  }

  /** The value of the object's {@code kind} field. */
  public String kind() {
    return kind;
  }

  /** The kind with this {@code kind} field, or nothing if it is not a proxy's concern. */
  public static Optional<ObjectKind> of(String kind) {
    return switch (kind) {
      case "Service" -> Optional.of(SERVICE);
      case "EndpointSlice" -> Optional.of(ENDPOINT_SLICE);
      case "Node" -> Optional.of(NODE);
      default -> Optional.empty();
    };
  }

  /** What to report when an object of this kind is gone. */
  public ClusterEvent removed(ObjectName name) {
    return switch (this) {
      case SERVICE -> new ClusterEvent.ServiceRemoved(name);
      case ENDPOINT_SLICE -> new ClusterEvent.SliceRemoved(name);
      case NODE -> new ClusterEvent.NodeRemoved(name.name());
    };
  }

  /** The object as logs and problems call it: {@code Service default/web}. */
  public String describe(ObjectName name) {
    return kind + " " + (name.namespace().isEmpty() ? name.name() : name);
  }
}
