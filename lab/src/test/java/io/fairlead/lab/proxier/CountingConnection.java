package io.fairlead.lab.proxier;

import io.fairlead.netlink.Batch;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/** Counts the messages that ask the kernel to change something, and passes everything on. */
record CountingConnection(NetlinkConnection real, AtomicInteger writes)
    implements NetlinkConnection {
  @Override
  public MessageWriter request(int type, int flags) {
    return real.request(type, flags);
  }

  @Override
  public void execute(String operation) throws NetlinkException {
    writes.incrementAndGet();
    real.execute(operation);
  }

  @Override
  public void get(String operation, Consumer<Message> answer) throws NetlinkException {
    real.get(operation, answer);
  }

  @Override
  public <T> List<T> dump(String operation, Function<Message, T> decode) throws NetlinkException {
    return real.dump(operation, decode);
  }

  @Override
  public Batch batch() {
    return new CountingBatch(real.batch(), writes);
  }

  @Override
  public Batch transaction() {
    return new CountingBatch(real.transaction(), writes);
  }

  @Override
  public void close() {
    real.close();
  }
}
