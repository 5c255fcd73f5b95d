package io.fairlead.netlink;

/**
 * The kernel's verdict on one request: the payload of NLMSG_ERROR, with the extended ACK that may
 * follow it (linux/netlink.h, struct nlmsgerr).
 *
 * @param errno positive, or 0 for a plain ACK
 * @param explanation the extended ACK's words, or the empty string
 */
record NetlinkError(int errno, String explanation) {
  static final NetlinkError ACK = new NetlinkError(0, "");

  private static final int NLM_F_CAPPED = 0x100;
  private static final int NLM_F_ACK_TLVS = 0x200;
  private static final int CODE = 4; // int error
  private static final int MSG = 1; // NLMSGERR_ATTR_MSG
  private static final int OFFS = 2; // NLMSGERR_ATTR_OFFS
  private static final int MISS_TYPE = 5; // NLMSGERR_ATTR_MISS_TYPE

  /** Reads an NLMSG_ERROR. */
  static NetlinkError ofError(Message message) {
    int errno = errno(message);
    if (errno == 0) {
      return ACK;
    }
    return new NetlinkError(errno, explanation(message, CODE + echoed(message)));
  }

  /** Reads an NLMSG_DONE, which says how a dump went; old ones are empty. */
  static NetlinkError ofDone(Message message) {
    if (message.length() < MessageWriter.HEADER + CODE) {
      return ACK;
    }
    int errno = errno(message);
    return errno == 0 ? ACK : new NetlinkError(errno, explanation(message, CODE));
  }

  /** Bytes of the request that the kernel sends back: its header, and unless capped all of it. */
  private static int echoed(Message message) {
    boolean capped = (message.flags() & NLM_F_CAPPED) != 0;
    int length = capped ? MessageWriter.HEADER : message.u32(CODE);
    if (length < MessageWriter.HEADER || length > message.length()) {
      throw new MalformedNetlinkException("an error echoes a request of " + length + " bytes");
    }
    return length;
  }

  private static int errno(Message message) {
    int code = message.u32(0);
    if (code > 0 || code < -4095) { // MAX_ERRNO of linux/err.h
      throw new MalformedNetlinkException("error code " + code);
    }
    return -code;
  }

  private static String explanation(Message message, int offset) {
    if ((message.flags() & NLM_F_ACK_TLVS) == 0) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    Attributes a = message.attributes(offset);
    while (a.next()) {
      switch (a.type()) {
        case MSG -> append(text, a.string());
        case OFFS -> append(text, "at offset " + a.u32());
        case MISS_TYPE -> append(text, "attribute " + a.u32() + " is missing");
        default -> {} // cookies and policies are for machines
      }
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String part) {
    text.append(text.isEmpty() ? "" : ", ").append(part);
  }
}
