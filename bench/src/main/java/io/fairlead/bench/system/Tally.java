package io.fairlead.bench.system;

import io.fairlead.netlink.NetlinkConnection;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what asks the kernel for a change. */
final class Tally implements Tap.Listener {
  /** Looks at nothing. */
  static final Tap.Listener NOBODY = (_, _, _, _) -> {};

  private final AtomicInteger messages = new AtomicInteger();
  private final AtomicInteger transactions = new AtomicInteger();
  private long lastWrite;

  @Override
  public void sent(int protocol, ByteBuffer datagram, int sequence, long ended) {
    if (Datagram.isQuestion(protocol, datagram)) {
      return;
    }
    if (protocol == NetlinkConnection.NETFILTER) {
      transactions.incrementAndGet();
    } else {
      messages.addAndGet(Datagram.messages(datagram));
    }
    wrote(ended);
  }

  private synchronized void wrote(long ended) {
    lastWrite = ended;
    notifyAll();
  }

  /** When the kernel last took a change, in nanoseconds of {@link System#nanoTime}. */
  synchronized long lastWrite() {
    return lastWrite;
  }

  /** Waits for a write after that of {@code earlier}, and returns when it was. */
  synchronized long awaitWriteAfter(long earlier) throws InterruptedException {
    while (lastWrite == earlier) {
      wait();
    }
    return lastWrite;
  }

  /** Messages to IPVS and rtnetlink. */
  int messages() {
    return messages.get();
  }

  /** Datagrams to nf_tables. */
  int transactions() {
    return transactions.get();
  }
}
