package io.fairlead.ipvs;

import io.fairlead.netlink.Errno;
import io.fairlead.netlink.MessageWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One struct ip_vs_service of the fake kernel. */
final class FakeService {
  private static final int HASHED = 2;

  private final FakeKey key;
  private final List<FakeDestination> destinations = new ArrayList<>();
  private String scheduler;
  private int flags;
  private int timeout;
  private int netmask;

  FakeService(FakeKey key, String scheduler, int flags, int timeout, int netmask) {
    this.key = key;
    this.scheduler = scheduler;
    this.flags = flags;
    this.timeout = timeout;
    this.netmask = netmask;
  }

  FakeKey key() {
    return key;
  }

  /** ip_vs_add_service and ip_vs_edit_service; nothing is changed unless it returns 0. */
  int edit(RawAttributes in) {
    if (!FakeIpvsTable.SCHEDULERS.contains(in.text(6))) {
      return Errno.ENOENT;
    }
    int mask = in.u32(9);
    if (key.family() == 10 && (mask < 1 || mask > 128)) {
      return Errno.EINVAL;
    }
    int changed = in.secondU32(7); // struct ip_vs_flags { u32 flags; u32 mask; }
    flags = (flags & ~changed) | (in.u32(7) & changed) | HASHED;
    scheduler = in.text(6);
    timeout = in.u32(8);
    netmask = mask;
    return 0;
  }

  boolean hasDestination(FakeDestination wanted) {
    return destinations.stream().anyMatch(wanted::isSameServer);
  }

  int addDestination(FakeDestination wanted) {
    destinations.add(wanted);
    return 0;
  }

  boolean editDestination(FakeDestination wanted) {
    boolean found = removeDestination(wanted);
    if (found) {
      destinations.add(wanted);
    }
    return found;
  }

  boolean removeDestination(FakeDestination wanted) {
    return destinations.removeIf(wanted::isSameServer);
  }

  /** ip_vs_genl_fill_service. */
  void write(MessageWriter out) {
    out.put8(1).put8(1).put16(0);
    int nest = out.openNest(1);
    key.write(out);
    out.string(6, scheduler);
    int pair = out.openAttribute(7);
    out.put32(flags).put32(-1);
    out.closeAttribute(pair);
    out.u32(8, timeout).u32(9, netmask);
    FakeStatistics.write(out);
    out.closeNest(nest);
  }

  List<Consumer<MessageWriter>> writers() {
    List<Consumer<MessageWriter>> writers = new ArrayList<>();
    destinations.forEach(destination -> writers.add(destination::write));
    return writers;
  }
}
