package io.fairlead.netlink.jna;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.Batch;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import java.io.Closeable;
import java.util.List;

/** Addresses 10.x.y.z/32 on lo, as something to add, to list and to remove. */
final class Loopback implements Closeable {
  static final int RTM_NEWADDR = 20;
  static final int RTM_DELADDR = 21;
  private static final int RTM_GETADDR = 22;
  private static final int NLM_F_EXCL = 0x200;
  private static final int NLM_F_CREATE = 0x400;
  private static final int AF_INET = 2;
  private static final int IFA_LOCAL = 2;
  private static final int IFADDRMSG = 8; // length of struct ifaddrmsg
  private static final int LO = 1;
  private static final int TEN = 10 << 24;

  private final NetlinkConnection route;

  Loopback(NetlinkOptions options) throws NetlinkException {
    route = Netlink.open(NetlinkConnection.ROUTE, options);
  }

  NetlinkConnection connection() {
    return route;
  }

  void addAddress(int number) throws NetlinkException {
    write(route.request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL), number);
    route.execute("add address " + number);
  }

  /** Adds addresses from first up; the failures' tags are the addresses' numbers. */
  List<Batch.Failure> addAddresses(int first, int count) throws NetlinkException {
    Batch batch = route.batch();
    for (int i = first; i < first + count; i++) {
      write(batch.next(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, i), i);
    }
    return batch.finish();
  }

  List<Batch.Failure> removeAddresses(int first, int count) throws NetlinkException {
    Batch batch = route.batch();
    for (int i = first; i < first + count; i++) {
      write(batch.next(RTM_DELADDR, 0, i), i);
    }
    return batch.finish();
  }

  /** The numbers of the addresses that are there. */
  List<Integer> list() throws NetlinkException {
    route.request(RTM_GETADDR, 0).put8(AF_INET).put8(0).put16(0).put32(0);
    return route.dump("list addresses", Loopback::number);
  }

  static void write(MessageWriter out, int number) {
    out.put8(AF_INET).put8(32).put8(0).put8(0).put32(LO); // struct ifaddrmsg
    out.u32Be(IFA_LOCAL, TEN | number);
  }

  private static int number(Message message) {
    Attributes a = message.attributes(IFADDRMSG);
    while (a.next()) {
      if (a.type() == IFA_LOCAL) {
        return a.u32Be() & ~TEN;
      }
    }
    return -1;
  }

  @Override
  public void close() {
    route.close();
  }
}
