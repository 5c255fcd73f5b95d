package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.dataplane.RealServer;

/**
 * Where one sorted list has what another one has: by a walk along both. A search for each real
 * server took most of the time that a Service with a thousand endpoints takes.
 */
final class Places {
  static final int NOWHERE = -1;

  private Places() {}

  /** For each of {@code sought} its index in {@code list}, or {@link #NOWHERE}. Both are sorted. */
  static int[] of(ImmutableList<RealServer> sought, ImmutableList<RealServer> list) {
    int[] places = new int[sought.size()];
    int at = 0;
    for (int i = 0; i < places.length; i++) {
      RealServer server = sought.get(i);
      int order = -1;
      while (at < list.size() && (order = list.get(at).compareTo(server)) < 0) {
        at++;
      }
      places[i] = at < list.size() && order == 0 ? at : NOWHERE;
    }
    return places;
  }
}
