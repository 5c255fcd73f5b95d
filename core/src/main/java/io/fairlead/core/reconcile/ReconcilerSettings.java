package io.fairlead.core.reconcile;

import io.fairlead.core.cluster.ObjectName;

/**
 * How the reconciler works.
 *
 * @param nodeName the own node's name
 * @param first the Service that is programmed whole before any other: nodes need the API server
 */
public record ReconcilerSettings(String nodeName, ObjectName first) {

  /** With the API server's Service first, as it must be on a cold start (kubernetes#133773). */
  public ReconcilerSettings(String nodeName) {
    this(nodeName, new ObjectName("default", "kubernetes"));
  }
}
