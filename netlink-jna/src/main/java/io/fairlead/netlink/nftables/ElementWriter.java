package io.fairlead.netlink.nftables;

import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetAddress;
import io.fairlead.netlink.NetlinkException;

/**
 * Writes a set's elements into a transaction, with no object made for any of them: {@code
 * elements.key().address(a).u8(6).u16(80)} and, in a map, {@code .value().mark(77)}. Fields come in
 * the order of the set's key. Valid until the transaction's next call.
 */
public final class ElementWriter {
  // An attribute holds 64 KiB; half of it leaves the sum of the last element out of the question.
  static final int ROOM = 1 << 15;
  private static final int LARGEST_ELEMENT = 512;

  private static final int CLOSED = -1;

  private final Transaction transaction;
  private final int message;
  private final int flags;
  private final NamedSet set;
  private final int setId;
  private final boolean concatenation;
  private final int keyLength;
  private final int valueLength;

  private MessageWriter out;
  private int messageStart;
  private int list = CLOSED;
  private int element = CLOSED;
  private int part = CLOSED;
  private int data = CLOSED;
  private int expected;

  ElementWriter(Transaction transaction, int message, int flags, NamedSet set, int setId)
      throws NetlinkException {
    this.transaction = transaction;
    this.message = message;
    this.flags = flags;
    this.set = set;
    this.setId = setId;
    this.concatenation = set.key().size() > 1;
    this.keyLength = set.keyLength();
    this.valueLength = set.valueLength();
    this.out = open();
  }

  /** Starts the next element with its key. */
  public ElementWriter key() throws NetlinkException {
    endElement();
    if (out.length() - messageStart > ROOM - LARGEST_ELEMENT) {
      out.closeNest(list);
      out = open();
    }
    element = out.openNest(Nft.NFTA_LIST_ELEM);
    openPart(Nft.ELEM_KEY, keyLength);
    return this;
  }

  /** Goes on with what the map holds for the key. */
  public ElementWriter value() {
    closePart();
    openPart(Nft.ELEM_DATA, valueLength);
    return this;
  }

  /**
   * Goes on with the last key of the range that the first one begins, in a set that has ranges of
   * several fields; every element has one there.
   */
  public ElementWriter keyEnd() {
    closePart();
    openPart(Nft.ELEM_KEY_END, keyLength);
    return this;
  }

  public ElementWriter address(NetAddress address) {
    return address(address.bits(), address.hi(), address.lo());
  }

  /** Writes an address that is not held in an object. */
  public ElementWriter address(int bits, long hi, long lo) {
    if (bits == 32) {
      out.put32Be((int) lo);
    } else {
      out.put64Be(hi).put64Be(lo);
    }
    return this;
  }

  /** Writes one byte: a protocol. */
  public ElementWriter u8(int value) {
    out.put8(value);
    return concatenation ? padded(3) : this;
  }

  /** Writes two bytes in network order: a port. */
  public ElementWriter u16(int value) {
    out.put16Be(value);
    return concatenation ? padded(2) : this;
  }

  /** Writes four bytes in host order. */
  public ElementWriter mark(int value) {
    out.put32(value);
    return this;
  }

  /** Writes bytes as they are: a whole key that was read back, for one. */
  public ElementWriter bytes(Bytes value) {
    for (byte b : value.shared()) {
      out.put8(b);
    }
    return this;
  }

  /** Says that the key is the first one after a range, in a set that has ranges of one field. */
  public ElementWriter intervalEnd() {
    closePart();
    out.u32Be(Nft.ELEM_FLAGS, Nft.ELEM_INTERVAL_END);
    return this;
  }

  /** Lets the element expire, in a set with {@link NamedSet.Flag#TIMEOUT}. */
  public ElementWriter timeoutMillis(long millis) {
    closePart();
    out.u64Be(Nft.ELEM_TIMEOUT, millis);
    return this;
  }

  /** Ends the last element and its message. */
  void end() {
    endElement();
    out.closeNest(list);
  }

  private MessageWriter open() throws NetlinkException {
    MessageWriter next = transaction.begin(message, flags, "elements of set " + set.name(), ROOM);
    messageStart = next.length() - MessageWriter.HEADER;
    next.string(Nft.ELEM_LIST_TABLE, transaction.table().name())
        .string(Nft.ELEM_LIST_SET, set.name());
    if (setId != 0) {
      next.u32Be(Nft.ELEM_LIST_SET_ID, setId);
    }
    list = next.openNest(Nft.ELEM_LIST_ELEMENTS);
    return next;
  }

  private void endElement() {
    closePart();
    if (element != CLOSED) {
      out.closeNest(element);
      element = CLOSED;
    }
  }

  private void openPart(int type, int length) {
    part = out.openNest(type);
    data = out.openAttribute(Nft.NFTA_DATA_VALUE);
    expected = length;
  }

  private void closePart() {
    if (part == CLOSED) {
      return;
    }
    int length = out.length() - data - 4;
    if (length != expected) {
      throw new IllegalStateException(
          "a key or value of " + length + " bytes; set " + set.name() + " wants " + expected);
    }
    out.closeAttribute(data);
    out.closeNest(part);
    part = CLOSED;
  }

  private ElementWriter padded(int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.put8(0);
    }
    return this;
  }
}
