package io.fairlead.lab.cluster;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.ImmutableMultiset;
import com.google.common.collect.Multiset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What became of all requests of a load. Thread-safe. */
final class Tally {
  private final long began = System.nanoTime();
  private final Multiset<String> answers = HashMultiset.create();
  private final Multiset<Integer> answersBySecond = HashMultiset.create();
  private final List<String> failures = new ArrayList<>();
  private long connections;
  private long longest;

  synchronized void connected() {
    connections++;
  }

  synchronized void answered(String pod, long nanos) {
    answers.add(pod);
    answersBySecond.add((int) seconds());
    longest = Math.max(longest, nanos);
  }

  synchronized void failed(String what) {
    failures.add(String.format(Locale.ROOT, "%.3f s: %s", seconds(), what));
  }

  /** Since the load began. */
  double seconds() {
    return (System.nanoTime() - began) / 1e9;
  }

  /** What has become of them so far. */
  synchronized Figures figures() {
    int whole = (int) seconds();
    int slowest = Integer.MAX_VALUE;
    for (int second = 0; second < whole; second++) {
      slowest = Math.min(slowest, answersBySecond.count(second));
    }
    return new Figures(
        seconds(),
        ImmutableMultiset.copyOf(answers),
        connections,
        longest,
        slowest,
        List.copyOf(failures));
  }

  /**
   * The figures of a load.
   *
   * @param answers the pods that answered, each as often as it did
   * @param longestNanos of the requests that were answered
   * @param slowestSecond the answers in the whole second that had the fewest
   */
  record Figures(
      double seconds,
      ImmutableMultiset<String> answers,
      long connections,
      long longestNanos,
      int slowestSecond,
      List<String> failures) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%d requests over %d connections in %.0f s (%.0f/s, slowest second %d; %.0f"
              + " connections/s), longest %d ms, %d failed",
          answers.size(),
          connections,
          seconds,
          answers.size() / seconds,
          slowestSecond,
          connections / seconds,
          longestNanos / 1_000_000,
          failures.size());
    }
  }
}
