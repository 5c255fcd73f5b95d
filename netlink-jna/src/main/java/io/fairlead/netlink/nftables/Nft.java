package io.fairlead.netlink.nftables;

import io.fairlead.netlink.MessageWriter;

/** Numbers of linux/netfilter/nf_tables.h and nfnetlink.h that more than one class here needs. */
final class Nft {
  static final int NLM_F_ACK = 0x4;
  static final int NLM_F_EXCL = 0x200;
  static final int NLM_F_CREATE = 0x400;
  static final int NLM_F_APPEND = 0x800;

  static final int NFNL_MSG_BATCH_BEGIN = 0x10;
  static final int NFNL_MSG_BATCH_END = 0x11;
  static final int NFNL_SUBSYS_NFTABLES = 10;

  // enum nf_tables_msg_types, with the subsystem in the upper byte
  private static final int SUBSYSTEM = NFNL_SUBSYS_NFTABLES << 8;
  static final int NEWTABLE = SUBSYSTEM;
  static final int GETTABLE = SUBSYSTEM | 1;
  static final int DELTABLE = SUBSYSTEM | 2;
  static final int NEWCHAIN = SUBSYSTEM | 3;
  static final int GETCHAIN = SUBSYSTEM | 4;
  static final int DELCHAIN = SUBSYSTEM | 5;
  static final int NEWRULE = SUBSYSTEM | 6;
  static final int GETRULE = SUBSYSTEM | 7;
  static final int DELRULE = SUBSYSTEM | 8;
  static final int NEWSET = SUBSYSTEM | 9;
  static final int GETSET = SUBSYSTEM | 10;
  static final int DELSET = SUBSYSTEM | 11;
  static final int NEWSETELEM = SUBSYSTEM | 12;
  static final int GETSETELEM = SUBSYSTEM | 13;
  static final int DELSETELEM = SUBSYSTEM | 14;
  static final int GETGEN = SUBSYSTEM | 16;

  /** struct nfgenmsg { u8 family; u8 version; be16 res_id; } */
  static final int HEADER = 4;

  static final int NFTA_LIST_ELEM = 1;
  static final int NFTA_DATA_VALUE = 1;
  static final int NFTA_DATA_VERDICT = 2;
  static final int NFTA_VERDICT_CODE = 1;
  static final int NFTA_VERDICT_CHAIN = 2;

  // Attributes of tables, chains, rules, sets and elements: NFTA_TABLE_…, NFTA_CHAIN_… and so on
  static final int TABLE_NAME = 1;
  static final int TABLE_FLAGS = 2;
  static final int TABLE_USERDATA = 6;
  static final int CHAIN_TABLE = 1;
  static final int CHAIN_NAME = 3;
  static final int CHAIN_HOOK = 4;
  static final int CHAIN_POLICY = 5;
  static final int CHAIN_TYPE = 7;
  static final int CHAIN_USERDATA = 12;
  static final int HOOK_NUMBER = 1;
  static final int HOOK_PRIORITY = 2;
  static final int RULE_TABLE = 1;
  static final int RULE_CHAIN = 2;
  static final int RULE_HANDLE = 3;
  static final int RULE_EXPRESSIONS = 4;
  static final int RULE_USERDATA = 7;
  static final int SET_TABLE = 1;
  static final int SET_NAME = 2;
  static final int SET_FLAGS = 3;
  static final int SET_KEY_TYPE = 4;
  static final int SET_KEY_LENGTH = 5;
  static final int SET_DATA_TYPE = 6;
  static final int SET_DATA_LENGTH = 7;
  static final int SET_DESCRIPTION = 9;
  static final int SET_ID = 10;
  static final int SET_USERDATA = 13;
  static final int ELEM_LIST_TABLE = 1;
  static final int ELEM_LIST_SET = 2;
  static final int ELEM_LIST_ELEMENTS = 3;
  static final int ELEM_LIST_SET_ID = 4;
  static final int ELEM_KEY = 1;
  static final int ELEM_DATA = 2;
  static final int ELEM_FLAGS = 3;
  static final int ELEM_TIMEOUT = 4;
  static final int ELEM_KEY_END = 10;
  static final int ELEM_INTERVAL_END = 1; // NFT_SET_ELEM_INTERVAL_END

  private Nft() {}

  static MessageWriter header(MessageWriter out, int family, int resource) {
    return out.put8(family).put8(0).put16Be(resource);
  }
}
