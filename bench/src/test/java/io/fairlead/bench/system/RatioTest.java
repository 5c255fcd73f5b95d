package io.fairlead.bench.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The arithmetic behind the figures. */
class RatioTest {
  private static final List<Double> HUNDRED =
      IntStream.rangeClosed(1, 100).mapToObj(it -> (double) (101 - it)).toList();

  @Test
  void theMedianIsInTheMiddle() {
    assertEquals(2, Ratio.median(List.of(9.0, 1.0, 2.0)));
    assertEquals(2.5, Ratio.median(List.of(9.0, 1.0, 2.0, 3.0)));
    assertEquals(7, Ratio.median(List.of(7.0)));
  }

  @Test
  void aPercentileIsTheLeastThatSoManyAreNotAbove() {
    assertEquals(99, Ratio.percentile(HUNDRED, 99));
    assertEquals(100, Ratio.percentile(HUNDRED, 99.5));
    assertEquals(100, Ratio.percentile(HUNDRED, 100));
    assertEquals(1, Ratio.percentile(HUNDRED, 1));
    assertEquals(1, Ratio.percentile(HUNDRED, 0));
    assertEquals(7, Ratio.percentile(List.of(7.0), 50));
  }

  @Test
  void aRatioIsThatOfTheMedians() {
    Ratio ratio = Ratio.of(List.of(3.0, 1.0, 2.0), List.of(100.0, 4.0, 4.0));

    assertEquals(0.5, ratio.value());
    assertEquals("2 s against 4 s, medians of 3", ratio.figure("÷ floor", 1).note());
  }

  @Test
  void secondsAreToldInMilliseconds() {
    assertEquals(
        "2000 ms against 250 ms, medians of 1",
        Ratio.ofMillis(List.of(2.0), List.of(0.25)).figure("÷ floor", 1).note());
  }

  @Test
  void aFigureIsMetUpToItsLimit() {
    assertTrue(Figure.atMost(1.3, "÷ floor", 1.3, "").isMet());
    assertFalse(Figure.atMost(1.3, "÷ floor", 1.31, "").isMet());
    assertFalse(Figure.atMost(1.3, "÷ floor", Double.NaN, "").isMet());
    assertTrue(Figure.told("s", 1e9, "").isMet());
  }

  @Test
  void threeDigitsMatter() {
    assertEquals("1.08", Figure.digits(1.0799));
    assertEquals("12.3", Figure.digits(12.34));
    assertEquals("412", Figure.digits(412.4));
    assertEquals("3", Figure.digits(3.0));
  }
}
