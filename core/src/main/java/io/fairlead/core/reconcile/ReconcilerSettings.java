package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.net.Cidr;

/**
 * What the reconciler must know of where it runs.
 *
 * @param nodeName the own Node's name; decides which endpoints are local
 * @param excludeCidrs virtual servers on these addresses that Fairlead did not make are never removed
 */
public record ReconcilerSettings(String nodeName, ImmutableList<Cidr> excludeCidrs) {
  public ReconcilerSettings(String nodeName) {
    this(nodeName, ImmutableList.of());
  }
}
