package io.fairlead.core.cluster;

import org.jspecify.annotations.Nullable;

/** A namespaced object's name; prints as {@code namespace/name}. */
public record ObjectName(String namespace, String name) implements Comparable<ObjectName> {
  @Override
  public int hashCode() {
    return 31 * namespace.hashCode() + name.hashCode();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ObjectName it && name.equals(it.name) && namespace.equals(it.namespace);
  }

  @Override
  public int compareTo(ObjectName other) {
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
