package io.fairlead.bench.netlink;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.Batch;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.jna.Netlink;
import io.fairlead.netlink.jna.NetlinkOptions;
import io.fairlead.netlink.jna.NetlinkOptions.Crossing;
import io.fairlead.netlink.jna.PrivateNamespace;
import java.io.Closeable;
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
 * Work of the kind that Fairlead does, in a namespace of its own (which takes root): addresses on
 * {@code lo} are listed, added and removed.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Addresses {
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_DELADDR = 21;
  private static final int RTM_GETADDR = 22;
  private static final int NLM_F_EXCL = 0x200;
  private static final int NLM_F_CREATE = 0x400;
  private static final int AF_INET = 2;
  private static final int IFA_LOCAL = 2;
  private static final int IFADDRMSG = 8; // length of struct ifaddrmsg
  private static final int LO = 1;
  private static final int TEN = 10 << 24;
  private static final int CHANGED = 100;

  @Param({"JNA", "NATIVE"})
  public Crossing crossing = Crossing.AUTOMATIC;

  @Param("2000")
  public int listed;

  private Closeable namespace = () -> {};

  @SuppressWarnings("NullAway.Init") // by open()
  private NetlinkConnection connection;

  @Setup(Level.Trial)
  public void open() throws NetlinkException {
    PrivateNamespace net = PrivateNamespace.create();
    namespace = net;
    connection =
        Netlink.open(
            NetlinkConnection.ROUTE, NetlinkOptions.DEFAULT.in(net.namespace()).with(crossing));
    change(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, 1 << 20, listed);
  }

  @TearDown(Level.Trial)
  public void close() throws Exception {
    connection.close();
    namespace.close();
  }

  @Benchmark
  public List<Integer> list() throws NetlinkException {
    connection.request(RTM_GETADDR, 0).put8(AF_INET).put8(0).put16(0).put32(0);
    return connection.dump("list addresses", Addresses::address);
  }

  @Benchmark
  public void addAndRemoveHundred() throws NetlinkException {
    change(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, 1, CHANGED);
    change(RTM_DELADDR, 0, 1, CHANGED);
  }

  private void change(int type, int flags, int first, int count) throws NetlinkException {
    Batch batch = connection.batch();
    for (int i = 0; i < count; i++) {
      batch
          .next(type, flags, i)
          .put8(AF_INET) // struct ifaddrmsg
          .put8(32)
          .put16(0)
          .put32(LO)
          .u32Be(IFA_LOCAL, TEN | (first + i));
    }
    List<Batch.Failure> failures = batch.finish();
    if (!failures.isEmpty()) {
      throw new IllegalStateException(failures.size() + " failed: " + failures.getFirst());
    }
  }

  private static int address(Message message) {
    Attributes a = message.attributes(IFADDRMSG);
    while (a.next()) {
      if (a.type() == IFA_LOCAL) {
        return a.u32Be();
      }
    }
    return 0;
  }
}
