package io.fairlead.proxier.settings;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses which flag a misspelt one was meant to be. */
final class ClosestFlag {
  private ClosestFlag() {}

  /** The flag that a few keystrokes turn {@code name} into; empty if none is near. */
  static Optional<Flag> to(String name) {
    return of(name, Arrays.stream(Flag.values()).map(Flag::text).toList()).flatMap(Flag::named);
  }

  /** The same among other names. */
  static Optional<String> of(String name, Collection<String> names) {
    return names.stream()
        .min(Comparator.comparingInt(each -> distance(name, each)))
        .filter(each -> distance(name, each) <= Math.max(1, each.length() / 4));
  }

  /** How many letters must be put in, taken out or changed (Levenshtein). */
  static int distance(String from, String to) {
    int[] above = new int[to.length() + 1];
    Arrays.setAll(above, column -> column);
    for (int row = 1; row <= from.length(); row++) {
      int[] current = new int[to.length() + 1];
      current[0] = row;
      for (int column = 1; column <= to.length(); column++) {
        int change = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
        current[column] =
            Math.min(above[column - 1] + change, 1 + Math.min(above[column], current[column - 1]));
      }
      above = current;
    }
    return above[to.length()];
  }
}
