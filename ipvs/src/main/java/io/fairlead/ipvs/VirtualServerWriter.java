package io.fairlead.ipvs;

import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.netlink.MessageWriter;

/** Writes IPVS_CMD_ATTR_SERVICE: which virtual server, and what is to become of it. */
final class VirtualServerWriter {
  private static final int ALL_FLAGS = -1;

  private VirtualServerWriter() {}

  /** Writes what finds a virtual server, which is all that most commands need. */
  static void writeKey(MessageWriter out, VirtualServerKey key) {
    int nest = out.openNest(Abi.SERVICE);
    key(out, key);
    out.closeNest(nest);
  }

  /** Writes the whole of a virtual server, as NEW_SERVICE and SET_SERVICE demand. */
  static void write(MessageWriter out, VirtualServerKey key, VirtualServerOptions options) {
    int nest = out.openNest(Abi.SERVICE);
    key(out, key);
    out.string(Abi.SVC_SCHED_NAME, options.scheduler());
    flags(out, options.flags());
    out.u32(Abi.SVC_TIMEOUT, options.persistenceSeconds());
    netmask(out, key.family(), options.persistencePrefix());
    out.closeNest(nest);
  }

  /**
   * Refuses what the kernel would cut off or read as something else.
   *
   * @throws IllegalArgumentException naming the field
   */
  static void validate(VirtualServerKey key, VirtualServerOptions options) {
    int length = options.scheduler().length();
    if (length == 0 || length >= Abi.SCHEDNAME_MAXLEN) {
      throw new IllegalArgumentException(
          "%s: scheduler \"%s\" is not a name of 1 to 15 bytes"
              .formatted(key, options.scheduler()));
    }
    int lowest = key.family() == Family.IPV4 ? 0 : 1;
    int prefix = options.persistencePrefix();
    if (prefix < lowest || prefix > key.family().bits()) {
      throw new IllegalArgumentException(
          "%s: persistence prefix %d is outside %d..%d"
              .formatted(key, prefix, lowest, key.family().bits()));
    }
  }

  private static void key(MessageWriter out, VirtualServerKey key) {
    out.u16(Abi.SVC_AF, Addresses.number(key.family()));
    switch (key) {
      case VirtualServerKey.Addressed a -> {
        out.u16(Abi.SVC_PROTOCOL, a.protocol().number());
        Addresses.write(out, Abi.SVC_ADDR, a.address());
        out.u16Be(Abi.SVC_PORT, a.port());
      }
      case VirtualServerKey.Marked m -> out.u32(Abi.SVC_FWMARK, m.mark());
    }
  }

  /** Writes struct ip_vs_flags. Flags outside its mask keep what the kernel has, so mask none. */
  private static void flags(MessageWriter out, int flags) {
    int attribute = out.openAttribute(Abi.SVC_FLAGS);
    out.put32(flags).put32(ALL_FLAGS);
    out.closeAttribute(attribute);
  }

  /** One field with two meanings: a mask in network order for IPv4, a prefix length for IPv6. */
  private static void netmask(MessageWriter out, Family family, int prefix) {
    switch (family) {
      case IPV4 -> out.u32Be(Abi.SVC_NETMASK, prefix == 0 ? 0 : -1 << (32 - prefix));
      case IPV6 -> out.u32(Abi.SVC_NETMASK, prefix);
    }
  }
}
