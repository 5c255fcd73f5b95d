package io.fairlead.proxier.source.decode;

import com.google.common.collect.ImmutableSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Hands out one copy of what tens of thousands of endpoints repeat: node names and zones. Forgets
 * everything when full, which costs copies and nothing else.
 */
final class SharedText {
  private static final int LIMIT = 10_000; // about the largest cluster that Kubernetes supports

  private final Map<String, Optional<String>> texts = new HashMap<>();
  private final Map<ImmutableSet<String>, ImmutableSet<String>> sets = new HashMap<>();

  Optional<String> optional(String text) {
    return text.isEmpty() ? Optional.empty() : shared(texts, text, Optional.of(text));
  }

  ImmutableSet<String> set(ImmutableSet<String> set) {
    return set.isEmpty() ? set : shared(sets, set, set);
  }

  private static <K, V> V shared(Map<K, V> copies, K key, V value) {
    if (copies.size() >= LIMIT) {
      copies.clear();
    }
    V first = copies.putIfAbsent(key, value);
    return first == null ? value : first;
  }
}
