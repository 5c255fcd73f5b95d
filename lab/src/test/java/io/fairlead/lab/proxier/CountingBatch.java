package io.fairlead.lab.proxier;

import io.fairlead.netlink.Batch;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetlinkException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the messages of a batch. */
record CountingBatch(Batch real, AtomicInteger writes) implements Batch {
  @Override
  public MessageWriter next(int type, int flags, int tag) throws NetlinkException {
    writes.incrementAndGet();
    return real.next(type, flags, tag);
  }

  @Override
  public MessageWriter next(int type, int flags, int tag, int room) throws NetlinkException {
    writes.incrementAndGet();
    return real.next(type, flags, tag, room);
  }

  @Override
  public List<Failure> finish() throws NetlinkException {
    return real.finish();
  }
}
