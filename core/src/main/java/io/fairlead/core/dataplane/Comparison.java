package io.fairlead.core.dataplane;

import com.google.common.collect.ImmutableSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Holds what is read against what was believed, one by one, in any order and however often each
 * comes. Nothing is kept of what was believed and is there.
 */
public final class Comparison<T> {
  private final Set<T> believed;
  private final Set<T> unmet;
  private final ImmutableSet.Builder<T> more = ImmutableSet.builder();

  public Comparison(Set<T> believed) {
    this.believed = believed;
    this.unmet = new HashSet<>(believed);
  }

  /**
   * What a read-back differs in.
   *
   * @param more what is there and was not believed to be
   * @param less what was believed to be there and is not
   */
  public record Delta<T>(ImmutableSet<T> more, ImmutableSet<T> less) {
    /** The difference between two sets. */
    public static <T> Delta<T> between(Set<T> believed, Set<T> held) {
      var comparison = new Comparison<T>(believed);
      held.forEach(comparison::met);
      return comparison.end();
    }

    /** No difference. */
    public static <T> Delta<T> none() {
      return new Delta<>(ImmutableSet.of(), ImmutableSet.of());
    }
  }

  /** Takes something that is there. */
  public void met(T held) {
    if (!unmet.remove(held) && !believed.contains(held)) {
      more.add(held);
    }
  }

  /** All was read. */
  public Delta<T> end() {
    return new Delta<>(more.build(), ImmutableSet.copyOf(unmet));
  }
}
