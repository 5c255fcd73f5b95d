package io.fairlead.bench.system;

import com.google.common.collect.ImmutableList;
import com.sun.management.ThreadMXBean;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.lab.rig.Namespace;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Rig;
import io.fairlead.lab.synthetic.Cluster;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.jna.Netlink;
import io.fairlead.proxier.kernel.KernelDataplane;
import io.fairlead.proxier.kernel.VipDevice;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The periodic sync while nothing changes: the kernel is read back and found to be as it should be.
 * Its peer is what reading the kernel's own listing takes, without looking at it.
 */
record QuietSync(String name, Cluster cluster, int audits) implements Row {
  private static final int WARM_UP = 10;
  private static final int ROUNDS = 3;
  private static final int CATS = 5;
  private static final double UNLIMITED = Double.POSITIVE_INFINITY;
  private static final int PART_WARM_UP = 3;
  private static final int PART_SAMPLES = 3;
  private static final String LISTING = "/proc/self/net/ip_vs";
  private static final double MEGABYTE = 1 << 20;

  @Override
  public String what() {
    return "nothing changed, a periodic sync of %s".formatted(Text.of(cluster));
  }

  @Override
  public ImmutableList<Figure> measure(Lab lab) throws Exception {
    var tally = new Tally();
    try (Rig rig = Rig.create()) {
      Node node = rig.node("node0");
      try (Proxy proxy =
          Proxy.start(node, cluster, tally, "--metrics-bind-address=", "--healthz-bind-address=")) {
        for (int i = 0; i < WARM_UP; i++) {
          proxy.audit();
        }
        int before = tally.messages() + tally.transactions();
        var ours = new Samples();
        var noisy = new Samples();
        List<Double> cats = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
          for (int i = 0; i < audits; i++) {
            ours.take(proxy.loop(), proxy::audit);
          }
          cats.add(cat(node.namespace()));
          node.namespace().nft("add table inet other\ndelete table inet other\n");
          noisy.take(proxy.loop(), proxy::audit);
        }
        int written = tally.messages() + tally.transactions() - before;
        return ImmutableList.<Figure>builder()
            .add(Figure.atMost(0, "kernel writes", written, ""))
            .add(Ratio.ofMillis(ours.seconds, cats).figure("CPU ÷ cat /proc/net/ip_vs", 5))
            .add(
                Ratio.ofMillis(noisy.seconds, cats)
                    .figure("CPU ÷ cat, after another's nft transaction", UNLIMITED))
            .add(Figure.told("MB allocated", ours.megabytes(), "a sync"))
            .addAll(parts(node.namespace(), Ratio.median(cats)))
            .build();
      }
    }
  }

  private void demandAll(int virtualServers) {
    if (virtualServers != cluster.size()) {
      throw new IllegalStateException(virtualServers + " virtual servers of " + cluster.size());
    }
  }

  /** Seconds of CPU in which the kernel's listing is read once by a program that is there. */
  private static double cat(Namespace namespace) {
    String files = String.join(" ", Collections.nCopies(CATS, LISTING));
    String printed =
        namespace
            .run("bash", "-c", "TIMEFORMAT='%U %S'; time cat " + files + " >/dev/null")
            .strip();
    String[] userAndSystem = printed.split(" ", -1);
    return (Double.parseDouble(userAndSystem[0]) + Double.parseDouble(userAndSystem[1])) / CATS;
  }

  /** What the parts of the kernel take to be read whole: where the time can go. */
  private List<Figure> parts(Namespace namespace, double cat) {
    return namespace.call(() -> {
      try (KernelDataplane kernel = Lab.dataplane(Tally.NOBODY, Lab.masquerade());
          NetlinkConnection route = Netlink.open(NetlinkConnection.ROUTE)) {
        demandAll(kernel.ipvs().options().size());
        var addresses = new VipDevice(route);
        return List.of(
            part("all virtual servers, a dump of options", cat, kernel.ipvs()::options),
            part("all real servers, a dump each", cat, kernel.ipvs()::virtualServers),
            part("all addresses", cat, addresses::read),
            part("all there is, as at the start", cat, kernel::read));
      }
    });
  }

  private Figure part(String of, double cat, Reading reading) throws IOException {
    var samples = new Samples();
    for (int i = 0; i < PART_WARM_UP + PART_SAMPLES; i++) {
      samples.take(
          Thread.currentThread(),
          () -> {
            try {
              reading.read();
            } catch (IOException | DataplaneException e) {
              throw new IllegalStateException(of, e);
            }
          });
    }
    List<Double> warm = samples.seconds.subList(PART_WARM_UP, PART_WARM_UP + PART_SAMPLES);
    return Figure.told(
        "÷ cat: " + of, Ratio.median(warm) / cat, Figure.digits(Ratio.median(warm) * 1e3) + " ms");
  }

  private interface Reading {
    Object read() throws IOException, DataplaneException;
  }

  /** What a thread did, each time. */
  private static final class Samples {
    private final List<Double> seconds = new ArrayList<>();
    private final List<Double> bytes = new ArrayList<>();

    void take(Thread thread, Runnable work) {
      var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long id = thread.threadId();
      long cpu = threads.getThreadCpuTime(id);
      long allocated = threads.getThreadAllocatedBytes(id);
      work.run();
      seconds.add((threads.getThreadCpuTime(id) - cpu) / 1e9);
      bytes.add((double) (threads.getThreadAllocatedBytes(id) - allocated));
    }

    double megabytes() {
      return Ratio.median(bytes) / MEGABYTE;
    }
  }
}
