package io.fairlead.ipvs;

/**
 * The numbers of linux/ip_vs.h, under the kernel's names without {@code IPVS_} and {@code ATTR_}.
 */
final class Abi {
  /** IPVS_GENL_NAME. */
  static final String FAMILY = "IPVS";

  static final int CMD_NEW_SERVICE = 1;
  static final int CMD_SET_SERVICE = 2;
  static final int CMD_DEL_SERVICE = 3;
  static final int CMD_GET_SERVICE = 4;
  static final int CMD_NEW_DEST = 5;
  static final int CMD_SET_DEST = 6;
  static final int CMD_DEL_DEST = 7;
  static final int CMD_GET_DEST = 8;
  static final int CMD_SET_CONFIG = 12;
  static final int CMD_GET_CONFIG = 13;
  static final int CMD_GET_INFO = 15;

  // IPVS_CMD_ATTR_…: the first level of every command but GET_INFO.
  static final int SERVICE = 1;
  static final int DEST = 2;
  static final int TIMEOUT_TCP = 4;
  static final int TIMEOUT_TCP_FIN = 5;
  static final int TIMEOUT_UDP = 6;

  // IPVS_SVC_ATTR_…: inside SERVICE.
  static final int SVC_AF = 1;
  static final int SVC_PROTOCOL = 2;
  static final int SVC_ADDR = 3;
  static final int SVC_PORT = 4;
  static final int SVC_FWMARK = 5;
  static final int SVC_SCHED_NAME = 6;
  static final int SVC_FLAGS = 7;
  static final int SVC_TIMEOUT = 8;
  static final int SVC_NETMASK = 9;
  static final int SVC_STATS = 10;
  static final int SVC_STATS64 = 12;

  // IPVS_DEST_ATTR_…: inside DEST.
  static final int DEST_ADDR = 1;
  static final int DEST_PORT = 2;
  static final int DEST_FWD_METHOD = 3;
  static final int DEST_WEIGHT = 4;
  static final int DEST_U_THRESH = 5;
  static final int DEST_L_THRESH = 6;
  static final int DEST_ACTIVE_CONNS = 7;
  static final int DEST_INACT_CONNS = 8;
  static final int DEST_PERSIST_CONNS = 9;
  static final int DEST_STATS = 10;
  static final int DEST_ADDR_FAMILY = 11;
  static final int DEST_STATS64 = 12;

  // IPVS_STATS_ATTR_…: inside STATS and STATS64.
  static final int STATS_CONNS = 1;
  static final int STATS_CPS = 6;
  static final int STATS_OUTBPS = 10;

  // IPVS_INFO_ATTR_…: the first level of SET_INFO.
  static final int INFO_VERSION = 1;
  static final int INFO_CONN_TAB_SIZE = 2;

  /** IP_VS_SCHEDNAME_MAXLEN, its NUL included. */
  static final int SCHEDNAME_MAXLEN = 16;

  static final int AF_INET = 2;
  static final int AF_INET6 = 10;

  private Abi() {}
}
