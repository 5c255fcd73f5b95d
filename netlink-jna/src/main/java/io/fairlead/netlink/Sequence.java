package io.fairlead.netlink;

/**
 * Sequence numbers of one connection: every request has its own, so that an answer that comes late
 * is never taken for another's.
 */
final class Sequence {
  private int next = 1;

  /** The number that {@link #next} will return. */
  int peek() {
    return next;
  }

  int next() {
    return next++;
  }
}
