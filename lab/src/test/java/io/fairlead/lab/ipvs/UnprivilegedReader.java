package io.fairlead.lab.ipvs;

import io.fairlead.ipvs.Ipvs;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.jna.Netlink;

/**
 * Tries to read the table, and prints what it was told. A process of its own, to have no rights.
 */
final class UnprivilegedReader {
  private UnprivilegedReader() {}

  public static void main(String[] arguments) {
    try (Ipvs ipvs = Ipvs.open(Netlink.open(NetlinkConnection.GENERIC))) {
      System.out.println(ipvs.virtualServers());
    } catch (NetlinkException e) {
      System.out.println(e.getMessage());
    }
  }
}
