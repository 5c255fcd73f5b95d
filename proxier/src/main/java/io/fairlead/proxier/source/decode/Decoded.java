package io.fairlead.proxier.source.decode;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.ObjectName;
import java.util.Optional;

/**
 * What one object said.
 *
 * @param resourceVersion empty in manifests
 * @param applied empty if the object is none of this proxy's: left to another by its label, or too
 *     broken to use, which the problems then say
 */
public record Decoded(
    ObjectKind kind,
    ObjectName name,
    String resourceVersion,
    Optional<ClusterEvent> applied,
    ImmutableList<Problem> problems) {

  /** The object as logs call it: {@code Service default/web}. */
  public String describe() {
    return kind.describe(name);
  }
}
