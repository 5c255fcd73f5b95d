package io.fairlead.lab.synthetic;

/**
 * A pod behind a Service.
 *
 * @param index its place among the Service's pods, from 0, by which it is on a node
 * @param generation in the same place, a pod of another generation has another address
 */
record Pod(int index, int generation, Condition condition) {
  /** What an EndpointSlice says of it. */
  enum Condition {
    READY,
    /** Starting, or ill. */
    NOT_READY,
    /** Shutting down, and still serving. */
    TERMINATING
  }

  boolean is(Condition other) {
    return condition == other;
  }

  Pod now(Condition other) {
    return new Pod(index, generation, other);
  }
}
