package io.fairlead.bench.system;

import java.util.List;

/**
 * Two things measured in turn, and what one is beside the other: the quotient of their medians.
 *
 * @param unit of both, for the note
 */
record Ratio(List<Double> ours, List<Double> peer, String unit, double scale) {
  /** Of seconds. */
  static Ratio of(List<Double> ours, List<Double> peer) {
    return new Ratio(ours, peer, "s", 1);
  }

  /** Of seconds, to be told in milliseconds. */
  static Ratio ofMillis(List<Double> ours, List<Double> peer) {
    return new Ratio(ours, peer, "ms", 1e3);
  }

  double value() {
    return median(ours) / median(peer);
  }

  Figure figure(String of, double limit) {
    String note =
        "%s %s against %s %s, medians of %d"
            .formatted(
                Figure.digits(median(ours) * scale),
                unit,
                Figure.digits(median(peer) * scale),
                unit,
                ours.size());
    return Figure.atMost(limit, of, value(), note);
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** The least value that {@code percent} of all are not above. */
  static double percentile(List<Double> values, double percent) {
    List<Double> sorted = values.stream().sorted().toList();
    int rank = (int) Math.ceil(percent / 100 * sorted.size());
    return sorted.get(Math.max(0, rank - 1));
  }
}
