package io.fairlead.core.reconcile;

import io.fairlead.core.dataplane.Change;

/** Where changes are gathered. */
@FunctionalInterface
interface ChangeList {
  void add(Change change);
}
