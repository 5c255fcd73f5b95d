package io.fairlead.netlink.nftables;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An element of a set as it was read back.
 *
 * @param keyEnd the last key of a range that begins with {@code key}; {@link Bytes#NONE} if the
 *     kernel has none, as in sets that have ranges of one field: there, another element ends it
 * @param value what a map holds for the key; {@link Bytes#NONE} in a set
 * @param intervalEnd whether it is the first key after a range, in a set of intervals
 */
public record Element(Bytes key, Bytes keyEnd, Bytes value, boolean intervalEnd) {
  private static final Comparator<Element> IN_ORDER =
      Comparator.comparing(Element::key).thenComparing(element -> !element.intervalEnd());

  /** An element that is no range, of a set. */
  public static Element of(Bytes key) {
    return new Element(key, Bytes.NONE, Bytes.NONE, false);
  }

  /** An element that is no range, of a map. */
  public static Element of(Bytes key, Bytes value) {
    return new Element(key, Bytes.NONE, value, false);
  }

  /**
   * All elements of a set that has ranges of one field, each start joined with its end: each has
   * its last key then. An end without a start says nothing; nft writes one at 0.
   */
  public static List<Element> ranges(List<Element> startsAndEnds) {
    List<Element> sorted = startsAndEnds.stream().sorted(IN_ORDER).toList();
    List<Element> ranges = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i++) {
      Element start = sorted.get(i);
      if (!start.intervalEnd()) {
        Bytes last = i + 1 < sorted.size() ? sorted.get(i + 1).key() : start.key().allZero();
        ranges.add(new Element(start.key(), last.minusOne(), start.value(), false));
      }
    }
    return ranges;
  }
}
