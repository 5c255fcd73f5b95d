package io.fairlead.ipvs;

import io.fairlead.netlink.MalformedNetlinkException;

/** The attribute types that one decoder has met, so that a missing one is an error, not a zero. */
final class Seen {
  private long types;

  void add(int type) {
    if (type < Long.SIZE) {
      types |= 1L << type;
    }
  }

  boolean has(int type) {
    return (types & 1L << type) != 0;
  }

  /** Throws {@link MalformedNetlinkException} unless all of these types were met. */
  void require(String what, int... wanted) {
    for (int type : wanted) {
      if (!has(type)) {
        throw new MalformedNetlinkException(what + " without attribute " + type);
      }
    }
  }
}
