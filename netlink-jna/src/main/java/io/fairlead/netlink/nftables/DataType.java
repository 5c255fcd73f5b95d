package io.fairlead.netlink.nftables;

import io.fairlead.netlink.MalformedNetlinkException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a field of a set's key, or a map's value, means. The kernel only stores the number; {@code
 * nft list} prints by it (enum datatypes in nft's include/datatype.h).
 */
public enum DataType {
  IPV4_ADDR(7, 4),
  IPV6_ADDR(8, 16),
  INET_PROTO(12, 1),
  INET_SERVICE(13, 2),
  /** In host order. */
  MARK(19, 4),
  /** An interface's name, padded with NULs. */
  IFNAME(41, 16);

  private static final int BITS_PER_FIELD = 6; // TYPE_BITS in nft: a concatenation is shifted
  private static final int FIELD_MASK = (1 << BITS_PER_FIELD) - 1;

  private final int number;
  private final int length;

  DataType(int number, int length) {
    this.number = number;
    this.length = length;
  }

  int number() {
    return number;
  }

  /** Bytes that a value has. */
  public int length() {
    return length;
  }

  /** Bytes that a value takes in a concatenation. */
  public int paddedLength() {
    return (length + 3) & ~3;
  }

  /** NFTA_SET_KEY_TYPE: the numbers of all fields, the first in the highest place. */
  static int concatenated(List<DataType> fields) {
    int number = 0;
    for (DataType field : fields) {
      number = number << BITS_PER_FIELD | field.number;
    }
    return number;
  }

  /** NFTA_SET_KEY_LEN: one field has its own length, several are padded. */
  static int length(List<DataType> fields) {
    return fields.size() == 1
        ? fields.getFirst().length
        : fields.stream().mapToInt(DataType::paddedLength).sum();
  }

  /** The fields of a set's key; empty if one of them has a type that is not listed here. */
  static List<DataType> split(int number) {
    List<DataType> fields = new ArrayList<>();
    for (int rest = number; rest != 0; rest >>>= BITS_PER_FIELD) {
      int wanted = rest & FIELD_MASK;
      for (DataType type : values()) {
        if (type.number == wanted) {
          fields.addFirst(type);
        }
      }
    }
    return concatenated(fields) == number ? List.copyOf(fields) : List.of();
  }

  static DataType of(int number) {
    List<DataType> one = split(number);
    if (one.size() != 1) {
      throw new MalformedNetlinkException("data type " + number + " is not known here");
    }
    return one.getFirst();
  }
}
