package io.fairlead.core.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Comparison.Delta;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is met, in any order and however often, against what was believed. */
class ComparisonTest {
  @Test
  void whatIsAsBelievedIsNoDifference() {
    assertEquals(Delta.none(), compare(Set.of("a", "b"), "b", "a"));
    assertEquals(Delta.none(), compare(Set.of()));
  }

  @Test
  void whatComesTwiceDoesNotStandForAnother() {
    assertEquals(
        new Delta<>(ImmutableSet.of(), ImmutableSet.of("b")), compare(Set.of("a", "b"), "a", "a"));
    assertEquals(
        new Delta<>(ImmutableSet.of("c"), ImmutableSet.of()), compare(Set.of("a"), "c", "a", "c"));
  }

  @Test
  void everythingIsMoreThanNothing() {
    assertEquals(new Delta<>(ImmutableSet.of("a"), ImmutableSet.of()), compare(Set.of(), "a"));
    assertEquals(new Delta<>(ImmutableSet.of(), ImmutableSet.of("a")), compare(Set.of("a")));
    assertEquals(
        new Delta<>(ImmutableSet.of("b"), ImmutableSet.of("a")),
        Delta.between(Set.of("a"), Set.of("b")));
  }

  private static Delta<String> compare(Set<String> believed, String... held) {
    var comparison = new Comparison<String>(believed);
    for (String each : held) {
      comparison.met(each);
    }
    return comparison.end();
  }
}
