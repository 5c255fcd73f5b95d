package io.fairlead.proxier.settings;

import com.google.common.collect.ImmutableMap;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them, {@code 1m30s}, since kube-proxy's flags and files hold those. */
final class GoDuration {
  private static final ImmutableMap<String, Long> NANOS =
      ImmutableMap.<String, Long>builder()
          .put("ns", 1L)
          .put("us", 1_000L)
          .put("µs", 1_000L) // U+00B5, the micro sign
          .put("μs", 1_000L) // U+03BC, the Greek letter: Go takes both
          .put("ms", 1_000_000L)
          .put("s", 1_000_000_000L)
          .put("m", 60_000_000_000L)
          .put("h", 3_600_000_000_000L)
          .buildOrThrow();

  private static final Pattern PART =
      Pattern.compile("\\G(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");

  private GoDuration() {}

  /**
   * Reads what Go's time.ParseDuration reads: numbers, each with a unit, and a sign in front.
   *
   * @throws IllegalArgumentException naming the text
   */
  static Duration parse(String text) {
    boolean negative = text.startsWith("-");
    String unsigned = negative || text.startsWith("+") ? text.substring(1) : text;
    Duration size = unsigned.equals("0") ? Duration.ZERO : sum(unsigned, text);
    return negative ? size.negated() : size;
  }

  private static Duration sum(String parts, String text) {
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    for (Matcher part = PART.matcher(parts); part.find(); end = part.end()) {
      long unit = NANOS.getOrDefault(part.group(2), 0L);
      nanos = nanos.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit)));
    }
    // Go holds a duration in 64 bits of nanoseconds, about 292 years.
    if (end == 0 || end < parts.length() || nanos.toBigInteger().bitLength() > 63) {
      throw new IllegalArgumentException("\"" + text + "\" is not a duration");
    }
    return Duration.ofNanos(nanos.longValue());
  }
}
