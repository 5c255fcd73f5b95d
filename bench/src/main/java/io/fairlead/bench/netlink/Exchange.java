package io.fairlead.bench.netlink;

import io.fairlead.netlink.Batch;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.jna.Netlink;
import io.fairlead.netlink.jna.NetlinkOptions;
import io.fairlead.netlink.jna.NetlinkOptions.Crossing;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Exchanges that cost the kernel almost nothing (NLMSG_NOOP with an ACK), so that what is measured
 * is the way there and back. One answer for each exchange, or as many as there are refusals.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Exchange {
  private static final int NLMSG_NOOP = 1;
  private static final int RTM_GETLINK = 18;
  private static final int NOWHERE = 0x7ffffff0; // an interface index that nothing has
  private static final int REQUESTS = 100;

  @Param({"JNA", "NATIVE"})
  public Crossing crossing = Crossing.AUTOMATIC;

  @SuppressWarnings("NullAway.Init") // by open()
  private NetlinkConnection connection;

  @Setup(Level.Trial)
  public void open() throws NetlinkException {
    connection = Netlink.open(NetlinkConnection.ROUTE, NetlinkOptions.DEFAULT.with(crossing));
  }

  @TearDown(Level.Trial)
  public void close() {
    connection.close();
  }

  @Benchmark
  public void oneRequest() throws NetlinkException {
    connection.request(NLMSG_NOOP, 0);
    connection.execute("noop");
  }

  @Benchmark
  public List<Batch.Failure> hundredRequestsInABatch() throws NetlinkException {
    Batch batch = connection.batch();
    for (int i = 0; i < REQUESTS; i++) {
      batch.next(NLMSG_NOOP, 0, i);
    }
    return batch.finish();
  }

  @Benchmark
  public List<Batch.Failure> hundredRefusalsInABatch() throws NetlinkException {
    Batch batch = connection.batch();
    for (int i = 0; i < REQUESTS; i++) {
      batch.next(RTM_GETLINK, 0, i).put32(0).put32(NOWHERE).put64(0);
    }
    return batch.finish();
  }
}
