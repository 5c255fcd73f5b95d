package io.fairlead.proxier.source.decode;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Hands out one copy of what tens of thousands of objects repeat: namespaces, node names, zones,
 * ports. Forgets everything when full, which costs copies and nothing else.
 */
final class Shared {
  private static final int LIMIT =
      20_000; // the largest clusters have 5,000 Nodes and 10,000 namespaces

  private final Map<Object, Object> copies = new HashMap<>();

  /** The first of all that equal this. */
  @SuppressWarnings("unchecked") // a value is its own key, so what equals it is of its class
  <T> T same(T value) {
    if (copies.size() >= LIMIT) {
      copies.clear();
    }
    Object first = copies.putIfAbsent(value, value);
    return first == null ? value : (T) first;
  }

  /** The same of a text that may be absent, and is empty then. */
  Optional<String> optional(String text) {
    return text.isEmpty() ? Optional.empty() : same(Optional.of(text));
  }
}
