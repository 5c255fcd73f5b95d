package io.fairlead.bench.system;

import java.util.Locale;

/**
 * What a row measured.
 *
 * @param of what of: {@code ÷ floor}, {@code ms}
 * @param limit what it is not to exceed; infinite if it is told for information
 * @param note how it came about: the two figures behind a ratio, how many rounds, the spread
 */
record Figure(String of, double value, double limit, String note) {
  /** A figure that is held to a limit. */
  static Figure atMost(double limit, String of, double value, String note) {
    return new Figure(of, value, limit, note);
  }

  /** A figure that says what lies behind others. */
  static Figure told(String of, double value, String note) {
    return new Figure(of, value, Double.POSITIVE_INFINITY, note);
  }

  boolean hasTarget() {
    return limit != Double.POSITIVE_INFINITY;
  }

  boolean isMet() {
    return value <= limit;
  }

  /** {@code 1.08} or {@code 412}: three digits that matter. */
  static String digits(double number) {
    if (number == Math.rint(number) && Math.abs(number) < 1e9) {
      return Long.toString((long) number);
    }
    return String.format(
        Locale.ROOT, number >= 100 ? "%.0f" : number >= 10 ? "%.1f" : "%.2f", number);
  }
}
