package io.fairlead.netlink.route;

import io.fairlead.netlink.Message;

/** Numbers of linux/rtnetlink.h and its neighbours that more than one class here needs. */
final class Rtnl {
  static final int NLM_F_REPLACE = 0x100;
  static final int NLM_F_EXCL = 0x200;
  static final int NLM_F_CREATE = 0x400;

  static final int AF_UNSPEC = 0;
  static final int AF_INET = 2;
  static final int AF_BRIDGE = 7;
  static final int AF_INET6 = 10;

  static final int RTM_NEWLINK = 16;
  static final int RTM_DELLINK = 17;
  static final int RTM_GETLINK = 18;
  static final int RTM_NEWADDR = 20;
  static final int RTM_DELADDR = 21;
  static final int RTM_GETADDR = 22;
  static final int RTM_NEWROUTE = 24;
  static final int RTM_DELROUTE = 25;
  static final int RTM_GETROUTE = 26;
  static final int RTM_NEWNEIGH = 28;
  static final int RTM_DELNEIGH = 29;
  static final int RTM_GETNEIGH = 30;

  private Rtnl() {}

  /** Whether a message is about IPv4 or IPv6; all headers here start with the family. */
  static boolean isIp(Message message) {
    int family = message.u8(0);
    return family == AF_INET || family == AF_INET6;
  }
}
