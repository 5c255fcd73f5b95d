package io.fairlead.bench.system;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.lab.rig.Rig;
import io.fairlead.lab.synthetic.Cluster;
import io.fairlead.netlink.NetlinkConnection;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Pods replaced one after the other at a steady rate, whether or not the last is done: how long
 * each takes from the moment that it was due until the kernel has it.
 */
record SteadyChanges(String name, int services, int changes, int perSecond, double limitMillis)
    implements Row {
  private static final int ENDPOINTS = 10;
  private static final int WARM_UP = 600;
  private static final int NEW_DEST = 5; // IPVS_CMD_NEW_DEST

  @Override
  public String what() {
    return "%,d changes at %d a second, %,d Services".formatted(changes, perSecond, services);
  }

  @Override
  public ImmutableList<Figure> measure(Lab lab) throws Exception {
    Cluster cluster = Cluster.uniform(services, ENDPOINTS);
    var clock = new Clock(WARM_UP + changes);
    try (Rig rig = Rig.create();
        Proxy proxy =
            Proxy.start(
                rig.node("node0"),
                cluster,
                clock,
                "--metrics-bind-address=",
                "--healthz-bind-address=")) {
      clock.start();
      long began = System.nanoTime();
      long gap = TimeUnit.SECONDS.toNanos(1) / perSecond;
      for (int i = 0; i < WARM_UP + changes; i++) {
        var event =
            new ClusterEvent.SliceApplied(
                cluster.slice(i % services, ENDPOINTS, pod -> pod == 0 ? 1 : 0));
        long due = began + i * gap;
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        clock.due.add(due);
        proxy.report(event);
      }
      clock.done.await();
    }
    List<Double> millis = clock.millis.subList(WARM_UP, WARM_UP + changes);
    String spread =
        "median %s, 90 %% %s, worst %s"
            .formatted(
                Figure.digits(Ratio.median(millis)),
                Figure.digits(Ratio.percentile(millis, 90)),
                Figure.digits(Ratio.percentile(millis, 100)));
    return ImmutableList.of(
        Figure.atMost(limitMillis, "ms, 99 %", Ratio.percentile(millis, 99), spread));
  }

  /** Changes are done in the order in which they came: each adds one real server. */
  private static final class Clock implements Tap.Listener {
    private final ConcurrentLinkedQueue<Long> due = new ConcurrentLinkedQueue<>();
    private final List<Double> millis = new ArrayList<>();
    private final CountDownLatch done;
    private volatile boolean running;

    Clock(int changes) {
      this.done = new CountDownLatch(changes);
    }

    void start() {
      running = true;
    }

    @Override
    public void sent(int protocol, ByteBuffer datagram, int sequence, long ended) {
      if (!running
          || protocol != NetlinkConnection.GENERIC
          || Datagram.isQuestion(protocol, datagram)) {
        return;
      }
      for (int added = Datagram.commands(datagram, NEW_DEST); added > 0; added--) {
        millis.add((ended - due.remove()) / 1e6);
        done.countDown();
      }
    }
  }
}
