package io.fairlead.core.reconcile;

import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.VirtualServer;
import java.util.Arrays;

/**
 * Where two virtual servers have the same real servers: by one walk along both sorted lists. A
 * search for each real server took most of the time that a Service with a thousand endpoints takes.
 */
final class Places {
  static final int NOWHERE = -1;

  private final int[] inHeld;
  private final boolean[] leaving;

  private Places(int[] inHeld, boolean[] leaving) {
    this.inHeld = inHeld;
    this.leaving = leaving;
  }

  static Places of(VirtualServer wanted, VirtualServer held) {
    return of(servers(wanted), servers(held));
  }

  /** Both are sorted. */
  static Places of(RealServer[] wanted, RealServer[] held) {
    int[] inHeld = new int[wanted.length];
    boolean[] leaving = new boolean[held.length];
    Arrays.fill(leaving, true);
    int at = 0;
    for (int i = 0; i < wanted.length; i++) {
      int order = -1;
      while (at < held.length && (order = held[at].compareTo(wanted[i])) < 0) {
        at++;
      }
      boolean isThere = at < held.length && order == 0;
      inHeld[i] = isThere ? at : NOWHERE;
      if (isThere) {
        leaving[at] = false;
      }
    }
    return new Places(inHeld, leaving);
  }

  /** Arrays, since a walk along a sorted map's list takes three calls for each real server. */
  private static RealServer[] servers(VirtualServer server) {
    return server.realServers().keySet().toArray(new RealServer[0]);
  }

  /** Where the held one has the wanted one's real server {@code i}; or {@link #NOWHERE}. */
  int inHeld(int i) {
    return inHeld[i];
  }

  /** Whether the held one's real server {@code i} is not wanted. */
  boolean isLeaving(int i) {
    return leaving[i];
  }
}
