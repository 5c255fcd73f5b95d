package io.fairlead.lab.demo;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often and for how long something took, as a Prometheus timer says it.
 *
 * @param seconds the sum of all times
 */
record Latency(long count, double seconds) {
  static final Latency NONE = new Latency(0, 0);

  private static final String METRIC = "fairlead_event_to_kernel_duration_seconds";

  /** Reads the time from an event to the kernel; none where the text does not have it. */
  static Latency in(String metrics) {
    return new Latency(Math.round(sample(metrics, "_count")), sample(metrics, "_sum"));
  }

  /** What was added after {@code before}. */
  Latency since(Latency before) {
    return new Latency(count - before.count, seconds - before.seconds);
  }

  private static double sample(String metrics, String suffix) {
    Matcher matcher = Pattern.compile("(?m)^" + METRIC + suffix + " (\\S+)$").matcher(metrics);
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%d, %.1f ms each on average", count, count == 0 ? 0 : seconds / count * 1000);
  }
}
