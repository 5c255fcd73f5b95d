package io.fairlead.netlink.nftables;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.MessageWriter;
import java.util.Arrays;

/**
 * What nft itself keeps beside objects and shows to people; the kernel only stores it. A run of
 * {@code u8 type, u8 length, value} (libnftnl's udata.h).
 */
final class Userdata {
  /** The comment of a table, a chain or a rule: NFTNL_UDATA_TABLE_COMMENT and its like. */
  static final int COMMENT = 0;

  private static final int SET_KEY_BYTE_ORDER = 0;
  private static final int SET_DATA_BYTE_ORDER = 1;

  /** The comment of a set: NFTNL_UDATA_SET_COMMENT. */
  static final int SET_COMMENT = 7;

  private static final int HOST_ORDER = 1; // enum byteorder of nft
  private static final int NETWORK_ORDER = 2;
  private static final int LONGEST_COMMENT = 128; // NFTNL_UDATA_COMMENT_MAXLEN

  private Userdata() {}

  /** Writes an attribute that holds a comment alone; nothing if the comment is empty. */
  static void comment(MessageWriter out, int attribute, String comment) {
    if (!comment.isEmpty()) {
      int start = out.openAttribute(attribute);
      text(out, COMMENT, comment);
      out.closeAttribute(start);
    }
  }

  /** Writes the byte orders by which nft prints keys and values, and the comment. */
  static void set(MessageWriter out, int attribute, NamedSet set) {
    int start = out.openAttribute(attribute);
    order(out, SET_KEY_BYTE_ORDER, set.key().size() == 1 && isHostOrder(set.key().getFirst()));
    set.value().ifPresent(type -> order(out, SET_DATA_BYTE_ORDER, isHostOrder(type)));
    if (!set.comment().isEmpty()) {
      text(out, SET_COMMENT, set.comment());
    }
    out.closeAttribute(start);
  }

  /** The comment in the current attribute; empty if it has none, or is not nft's. */
  static String comment(Attributes in, int type) {
    byte[] bytes = in.bytes();
    for (int at = 0; at + 2 <= bytes.length; ) {
      int end = at + 2 + Byte.toUnsignedInt(bytes[at + 1]);
      if (end > bytes.length) {
        return ""; // another program's: there is no rule for what it holds
      }
      if (bytes[at] == type && end > at + 2) {
        return new String(Arrays.copyOfRange(bytes, at + 2, end - 1), UTF_8);
      }
      at = end;
    }
    return "";
  }

  private static void order(MessageWriter out, int type, boolean host) {
    out.put8(type).put8(4).put32(host ? HOST_ORDER : NETWORK_ORDER);
  }

  private static boolean isHostOrder(DataType type) {
    return type == DataType.MARK || type == DataType.IFNAME;
  }

  private static void text(MessageWriter out, int type, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    if (bytes.length >= LONGEST_COMMENT) {
      throw new IllegalArgumentException(
          "a comment of " + bytes.length + " bytes; want at most " + (LONGEST_COMMENT - 1));
    }
    out.put8(type).put8(bytes.length + 1);
    for (byte b : bytes) {
      out.put8(b);
    }
    out.put8(0);
  }
}
