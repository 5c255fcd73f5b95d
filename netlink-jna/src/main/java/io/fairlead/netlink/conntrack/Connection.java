package io.fairlead.netlink.conntrack;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.MalformedNetlinkException;
import io.fairlead.netlink.Message;
import org.jspecify.annotations.Nullable;

/**
 * A tracked connection. The original tuple and the zone identify it.
 *
 * @param original the packets that opened it, as they were sent
 * @param reply the packets that are awaited in return: its source is where the connection really
 *     went, after destination NAT
 * @param status IPS_… bits of linux/netfilter/nf_conntrack_common.h
 * @param timeoutSeconds until it is forgotten
 */
public record Connection(
    FlowTuple original, FlowTuple reply, int zone, int mark, int status, int timeoutSeconds) {
  /** Packets went both ways: IPS_SEEN_REPLY. */
  public static final int SEEN_REPLY = 1 << 1;

  /** IPS_ASSURED: it is kept when the table is full. */
  public static final int ASSURED = 1 << 2;

  static final int HEADER = 4; // struct nfgenmsg
  static final int CTA_TUPLE_ORIG = 1;
  static final int CTA_TUPLE_REPLY = 2;
  private static final int CTA_STATUS = 3;
  private static final int CTA_TIMEOUT = 7;
  private static final int CTA_MARK = 8;
  static final int CTA_ZONE = 18;

  static Connection read(Message in) {
    @Nullable FlowTuple original = null;
    @Nullable FlowTuple reply = null;
    int zone = 0;
    int mark = 0;
    int status = 0;
    int timeout = 0;
    Attributes a = in.attributes(HEADER);
    while (a.next()) {
      switch (a.type()) {
        case CTA_TUPLE_ORIG -> original = FlowTuple.read(a.nested());
        case CTA_TUPLE_REPLY -> reply = FlowTuple.read(a.nested());
        case CTA_ZONE -> zone = a.u16Be();
        case CTA_MARK -> mark = a.u32Be();
        case CTA_STATUS -> status = a.u32Be();
        case CTA_TIMEOUT -> timeout = a.u32Be();
        default -> {}
      }
    }
    if (original == null || reply == null) {
      throw new MalformedNetlinkException("a connection without its two tuples");
    }
    return new Connection(original, reply, zone, mark, status, timeout);
  }
}
