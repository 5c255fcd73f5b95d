package io.fairlead.netlink.nftables;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A set, or a map if it has a value type.
 *
 * @param key the fields of the key; empty if it was read back with a type that is unknown here
 * @param comment what {@code nft list} shows, or empty
 */
public record NamedSet(
    String name, List<DataType> key, Optional<DataType> value, Set<Flag> flags, String comment) {

  public NamedSet {
    key = List.copyOf(key);
    flags = Set.copyOf(flags);
  }

  public static NamedSet of(String name, DataType... key) {
    return new NamedSet(name, List.of(key), Optional.empty(), Set.of(), "");
  }

  /** The same with values: a map. */
  public NamedSet to(DataType valueType) {
    return new NamedSet(name, key, Optional.of(valueType), flags, comment);
  }

  public NamedSet withFlags(Flag... some) {
    return new NamedSet(name, key, value, Set.of(some), comment);
  }

  /**
   * The same with ranges as elements. In a concatenation each field is a range of its own, which
   * takes Linux 5.6.
   */
  public NamedSet withIntervals() {
    return key.size() == 1
        ? withFlags(Flag.INTERVAL)
        : withFlags(Flag.INTERVAL, Flag.CONCATENATION);
  }

  public NamedSet withComment(String text) {
    return new NamedSet(name, key, value, flags, text);
  }

  int keyLength() {
    return DataType.length(key);
  }

  int valueLength() {
    return value.map(DataType::length).orElse(0);
  }

  /** Whether a range is one element with two keys, instead of a start and an end. */
  boolean hasRangesOfFields() {
    return flags.contains(Flag.CONCATENATION);
  }

  int flagBits() {
    int bits = value.isPresent() ? MAP : 0;
    for (Flag flag : flags) {
      bits |= flag.bit;
    }
    return bits;
  }

  static final int MAP = 0x8; // NFT_SET_MAP

  /** NFT_SET_… flags. */
  public enum Flag {
    /** Made by a rule, and gone with it. */
    ANONYMOUS(0x1),
    /** Cannot change once a rule looks at it. */
    CONSTANT(0x2),
    /** Elements are ranges. */
    INTERVAL(0x4),
    /** Elements may expire. */
    TIMEOUT(0x10),
    /** Rules may add elements. */
    DYNAMIC(0x20),
    /** With {@link #INTERVAL}: elements are ranges of each of several fields. */
    CONCATENATION(0x80);

    private final int bit;

    Flag(int bit) {
      this.bit = bit;
    }

    boolean isIn(int bits) {
      return (bits & bit) != 0;
    }
  }
}
