package io.fairlead.proxier.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
  record Case(String text, Duration expect) {}

  /** Mostly from Go's own table, parseDurationTests in time_test.go. */
  static Stream<Case> cases() {
    return Stream.of(
        new Case("0", Duration.ZERO),
        new Case("0s", Duration.ZERO),
        new Case("30s", Duration.ofSeconds(30)),
        new Case("1m30s", Duration.ofSeconds(90)),
        new Case("1h15m30.918273645s", Duration.ofNanos(4_530_918_273_645L)),
        new Case("500ms", Duration.ofMillis(500)),
        new Case("5.s", Duration.ofSeconds(5)),
        new Case(".5s", Duration.ofMillis(500)),
        new Case("10us", Duration.ofNanos(10_000)),
        new Case("10µs", Duration.ofNanos(10_000)),
        new Case("10μs", Duration.ofNanos(10_000)),
        new Case("3ns", Duration.ofNanos(3)),
        new Case("+5s", Duration.ofSeconds(5)),
        new Case("-1.5h", Duration.ofMinutes(-90)),
        new Case("3s2m", Duration.ofSeconds(123)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void readsAsGoDoes(Case c) {
    assertEquals(c.expect, GoDuration.parse(c.text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "30", "-", "s", ".", ".s", "1d", "1 s", "1s ", "1S", "--1s", "3000000h"})
  void refusesWhatGoRefuses(String text) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> GoDuration.parse(text));
    assertEquals("\"" + text + "\" is not a duration", e.getMessage());
  }
}
