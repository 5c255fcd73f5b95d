package io.fairlead.ipvs;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.generic.GenericFamily;

/**
 * What the kernel says of its IPVS.
 *
 * @param connectionTableSize hash buckets for connections: two to the power of ip_vs.conn_tab_bits
 */
public record KernelVersion(int major, int minor, int patch, int connectionTableSize) {
  /** IP_VS_VERSION_CODE has eight bits for each part. */
  static KernelVersion read(Message message) {
    int code = 0;
    int size = 0;
    var seen = new Seen();
    Attributes in = message.attributes(GenericFamily.HEADER);
    while (in.next()) {
      seen.add(in.type());
      switch (in.type()) {
        case Abi.INFO_VERSION -> code = in.u32();
        case Abi.INFO_CONN_TAB_SIZE -> size = in.u32();
        default -> {} // a newer kernel's
      }
    }
    seen.require("IPVS version", Abi.INFO_VERSION, Abi.INFO_CONN_TAB_SIZE);
    return new KernelVersion(code >>> 16 & 0xff, code >>> 8 & 0xff, code & 0xff, size);
  }

  /** As {@code ipvsadm} prints it: {@code 1.2.1}. */
  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
