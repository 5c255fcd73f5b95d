package io.fairlead.bench.system;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.lab.rig.Rig;
import io.fairlead.lab.synthetic.Cluster;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How cost grows with the cluster: what it takes to program all of it, beside the floor; to change
 * one endpoint; and to hold it. Each size is told as a line of CSV, too, for the plot in docs.
 */
record Growth(String name, ImmutableList<Integer> sizes, int changes, PrintStream csv)
    implements Row {
  private static final int ENDPOINTS = 1;
  private static final int WARM_UP = 1_000;
  private static final int FEW_CHANGES = 300;
  private static final double MEGABYTE = 1 << 20;
  private static final String[] FLAGS = {
    "--drain-check-interval=1h", "--metrics-bind-address=", "--healthz-bind-address="
  };

  @Override
  public String what() {
    return "growth, Services × %d".formatted(ENDPOINTS);
  }

  @Override
  public ImmutableList<Figure> measure(Lab lab) throws Exception {
    var _ = size(WARM_UP); // the first would else be the JVM's start
    var figures = ImmutableList.<Figure>builder();
    csv.println("csv services,programming_s,floor_s,change_ms,heap_mb");
    for (int services : sizes) {
      Size measured = size(services);
      double floor = floor(lab, services);
      csv.printf(
          Locale.ROOT,
          "csv %d,%.4f,%.4f,%.4f,%.1f%n",
          services,
          measured.seconds,
          floor,
          measured.millis,
          measured.megabytes);
      String note =
          "%s s for all, floor %s s; %s MB of heap after a collection"
              .formatted(
                  Figure.digits(measured.seconds),
                  Figure.digits(floor),
                  Figure.digits(measured.megabytes));
      figures.add(
          Figure.told(
              "ms for one change, %,d Services".formatted(services), measured.millis, note));
    }
    return figures.build();
  }

  /**
   * What a cluster of one size takes.
   *
   * @param seconds from the first write to the last, at the start
   * @param millis from the event to the kernel: the median of many
   * @param megabytes of heap after a collection: Fairlead's, and the little that the row needs
   */
  private record Size(double seconds, double millis, double megabytes) {}

  private Size size(int services) throws InterruptedException {
    Cluster cluster = Cluster.uniform(services, ENDPOINTS);
    Watch watch = new Watch(Tally.NOBODY);
    try (Rig rig = Rig.create();
        Proxy proxy = Proxy.start(rig.node("node0"), cluster, watch, FLAGS)) {
      double seconds = watch.seconds();
      double megabytes = heapAfterCollection() / MEGABYTE;
      List<Double> millis = new ArrayList<>();
      for (int change = 0; change < FEW_CHANGES + changes; change++) {
        double took = 1e3 * change(proxy, watch.tally, cluster, change);
        if (change >= FEW_CHANGES) {
          millis.add(took);
        }
      }
      return new Size(seconds, Ratio.median(millis), megabytes);
    }
  }

  /** Replaces a pod; seconds until the kernel had it. */
  private static double change(Proxy proxy, Tally tally, Cluster cluster, int change)
      throws InterruptedException {
    // Spread over the whole cluster, so that none is found where the last one was.
    int number = (int) (change * 7_919L % cluster.size());
    int generation = 1 + change / cluster.size();
    var event = new ClusterEvent.SliceApplied(cluster.slice(number, ENDPOINTS, _ -> generation));
    long written = tally.lastWrite();
    long began = System.nanoTime();
    proxy.report(event);
    return (tally.awaitWriteAfter(written) - began) / 1e9;
  }

  /** The same writes, from C. */
  private double floor(Lab lab, int services) {
    Path file = lab.file(name);
    try (Recording recording = Recording.into(file)) {
      try (Rig rig = Rig.create();
          Proxy _ =
              Proxy.start(
                  rig.node("node0"),
                  Cluster.uniform(services, ENDPOINTS),
                  new Watch(recording),
                  FLAGS)) {
        recording.endPart();
      }
    }
    return lab.floorOf(file).getFirst();
  }

  private static double heapAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Knows when the first change was written and when the last. */
  private static final class Watch implements Tap.Listener {
    private final Tally tally = new Tally();
    private final Tap.Listener next;
    private volatile long first;

    Watch(Tap.Listener next) {
      this.next = next;
    }

    @Override
    public void sent(int protocol, ByteBuffer datagram, int sequence, long ended) {
      if (!Datagram.isQuestion(protocol, datagram)) {
        first = first == 0 ? ended : first;
        tally.sent(protocol, datagram.duplicate().order(datagram.order()), sequence, ended);
        next.sent(protocol, datagram, sequence, ended);
      }
    }

    /** The first datagram only makes the device, so its end is as good as its begin. */
    double seconds() {
      return (tally.lastWrite() - first) / 1e9;
    }
  }
}
