package io.fairlead.proxier.source.kubernetes;

import java.time.Duration;

/**
 * How patient a watch is.
 *
 * @param answer how long to wait for the head of an answer
 * @param initialEvents how long a server may be silent before the initial events are complete; then
 *     it is taken not to know WatchList
 * @param silence how long a watch may be silent; API servers send a bookmark about every minute
 * @param watch how long a watch is asked to last at least; up to twice as long, at random, so that
 *     the nodes of a cluster do not come back all at once
 * @param backoff the wait after a first failure
 * @param backoffCap the longest wait
 * @param pageSize objects to a page of a list
 */
public record WatchTiming(
    Duration answer,
    Duration initialEvents,
    Duration silence,
    Duration watch,
    Duration backoff,
    Duration backoffCap,
    int pageSize) {

  /** What suits an API server. */
  public static final WatchTiming DEFAULT =
      new WatchTiming(
          Duration.ofSeconds(30),
          Duration.ofSeconds(15),
          Duration.ofSeconds(180),
          Duration.ofMinutes(5),
          Duration.ofMillis(400),
          Duration.ofSeconds(30),
          500);
}
