package io.fairlead.proxier.source;

/**
 * How the reading of one resource stands, for metrics, logs and {@code status}.
 *
 * @param resource such as {@code services}
 * @param objects how many are known and in use
 * @param resourceVersion the point up to which everything has been reported; empty if there is none
 * @param failures how often reading was broken off by an error, since the start
 * @param lastFailure the latest reason, empty if there never was one
 */
public record SourceStatus(
    String resource,
    State state,
    int objects,
    String resourceVersion,
    long failures,
    String lastFailure) {

  /** What is being done. */
  public enum State {
    LISTING,
    WATCHING,
    /** After an error, until the next attempt. */
    WAITING,
    CLOSED
  }
}
