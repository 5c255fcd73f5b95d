package io.fairlead.bench.system;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.lab.rig.Rig;
import io.fairlead.lab.synthetic.Cluster;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * All pods of one big Service are replaced, some at a time. What it takes is the time of the loop's
 * thread, in which the kernel's work is done as well: it waits between the steps, since what has
 * drained is removed when connections are counted next.
 */
record RollingRestart(String name, int endpoints, int atATime, int small, int big, int rounds)
    implements Row {
  private static final int NOTHING_SENT = 3; // seconds, several times the drain check's interval

  @Override
  public String what() {
    return "rolling restart of a Service with %,d endpoints, %d at a time"
        .formatted(endpoints, atATime);
  }

  @Override
  public ImmutableList<Figure> measure(Lab lab) throws Exception {
    Path recording = lab.file(name);
    List<Double> ours = new ArrayList<>();
    List<Double> floors = new ArrayList<>();
    List<Double> atSmall = new ArrayList<>();
    try (Recording all = Recording.into(recording)) {
      restart(big, new Watch(all));
      all.endPart();
    }
    restart(small, new Watch(Tally.NOBODY));
    for (int round = 0; round < rounds; round++) {
      ours.add(restart(big, new Watch(Tally.NOBODY)));
      floors.add(lab.floorOf(recording).getLast());
      atSmall.add(restart(small, new Watch(Tally.NOBODY)));
    }
    return ImmutableList.of(
        Ratio.ofMillis(ours, floors).figure("÷ floor, %,d Services".formatted(big), 1.5),
        Ratio.ofMillis(ours, atSmall).figure("÷ the same with %,d Services".formatted(small), 1.2));
  }

  /** Seconds of the loop's thread. */
  private double restart(int services, Watch watch) throws InterruptedException {
    // The big Service is one more, behind all others.
    Cluster cluster = Cluster.uniform(services + 1, 1);
    try (Rig rig = Rig.create();
        Proxy proxy =
            Proxy.start(
                rig.node("node0"),
                cluster,
                watch,
                "--drain-check-interval=500ms",
                "--metrics-bind-address=",
                "--healthz-bind-address=")) {
      replace(proxy, cluster, endpoints);
      proxy.settle();
      watch.endPart();
      long before = cpu(proxy.loop());
      for (int replaced = atATime; replaced <= endpoints; replaced += atATime) {
        replace(proxy, cluster, endpoints - replaced);
        proxy.settle();
      }
      watch.awaitSilence();
      return (cpu(proxy.loop()) - before) / 1e9;
    }
  }

  private void replace(Proxy proxy, Cluster cluster, int ofTheFirst) {
    proxy.report(
        new ClusterEvent.SliceApplied(
            cluster.slice(cluster.size() - 1, endpoints, i -> i < ofTheFirst ? 0 : 1)));
  }

  private static long cpu(Thread thread) {
    return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
  }

  /** Knows when the last change was written, and hands on what it sees. */
  private static final class Watch implements Tap.Listener {
    private final Tap.Listener next;
    private volatile long lastWrite = System.nanoTime();

    Watch(Tap.Listener next) {
      this.next = next;
    }

    @Override
    public void sent(int protocol, ByteBuffer datagram, int sequence, long ended) {
      if (!Datagram.isQuestion(protocol, datagram)) {
        lastWrite = ended;
        next.sent(protocol, datagram, sequence, ended);
      }
    }

    void endPart() {
      if (next instanceof Recording recording) {
        recording.endPart();
      }
    }

    void awaitSilence() throws InterruptedException {
      while (System.nanoTime() - lastWrite < TimeUnit.SECONDS.toNanos(NOTHING_SENT)) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }
}
