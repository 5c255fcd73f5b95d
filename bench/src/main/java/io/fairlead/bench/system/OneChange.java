package io.fairlead.bench.system;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.lab.rig.Rig;
import io.fairlead.lab.synthetic.Cluster;
import java.util.ArrayList;
import java.util.List;

/**
 * One pod replaced by another, again and again, each time of another Service: what it writes, and
 * how long it takes from the event to the kernel, in a small cluster and in a big one.
 */
record OneChange(String name, int small, int big, int changes) implements Row {
  private static final int ENDPOINTS = 10;
  private static final int WARM_UP = 300;

  @Override
  public String what() {
    return "one endpoint changed";
  }

  @Override
  public ImmutableList<Figure> measure(Lab lab) throws Exception {
    try (Stage few = Stage.set(small);
        Stage many = Stage.set(big)) {
      for (int i = 0; i < WARM_UP; i++) {
        few.change();
        many.change();
      }
      int messages = many.tally.messages();
      List<Double> ofOwn = new ArrayList<>();
      List<Double> ofOthers = new ArrayList<>();
      List<Double> atFew = new ArrayList<>();
      List<Double> atMany = new ArrayList<>();
      for (int i = 0; i < changes; i++) {
        atFew.add(few.change());
        boolean isOwn = many.isNextOnThisNode();
        int transactions = many.tally.transactions();
        atMany.add(many.change());
        many.proxy.settle();
        (isOwn ? ofOwn : ofOthers).add((double) many.tally.transactions() - transactions);
      }
      return ImmutableList.of(
          Figure.atMost(
              3,
              "netlink messages",
              (double) (many.tally.messages() - messages) / changes,
              "%,d Services, mean of %d".formatted(big, changes)),
          Figure.atMost(
              1,
              "nft transactions where a set changes",
              Ratio.percentile(ofOwn, 100),
              "the pod is on this node: the set hairpin; most of %d".formatted(ofOwn.size())),
          Figure.atMost(
              0,
              "nft transactions where none does",
              Ratio.percentile(ofOthers, 100),
              "most of %d".formatted(ofOthers.size())),
          Ratio.ofMillis(atMany, atFew)
              .figure("latency at %,d ÷ at %,d Services".formatted(big, small), 1.2));
    }
  }

  /** A node with a daemon that serves a cluster. */
  private static final class Stage implements AutoCloseable {
    private final Rig rig;
    private final Cluster cluster;
    private final Tally tally;
    private final Proxy proxy;
    private int done;

    private Stage(Rig rig, Cluster cluster, Tally tally) {
      this.rig = rig;
      this.cluster = cluster;
      this.tally = tally;
      // Removing what has drained is work of another time, and is not what is measured here.
      this.proxy =
          Proxy.start(
              rig.node("node0"),
              cluster,
              tally,
              "--drain-check-interval=1h",
              "--metrics-bind-address=",
              "--healthz-bind-address=");
    }

    static Stage set(int services) {
      return new Stage(Rig.create(), Cluster.uniform(services, ENDPOINTS), new Tally());
    }

    /** Whether the pod that is replaced next is one of this node, so that a set changes. */
    boolean isNextOnThisNode() {
      return Cluster.nodeName(done % cluster.size()).equals("node0");
    }

    /** Replaces a pod; returns the seconds until the kernel had it. */
    double change() throws InterruptedException {
      int number = done % cluster.size();
      int generation = 1 + done / cluster.size();
      done++;
      var event =
          new ClusterEvent.SliceApplied(
              cluster.slice(number, ENDPOINTS, i -> i == 0 ? generation : 0));
      long written = tally.lastWrite();
      long began = System.nanoTime();
      proxy.report(event);
      long ended = tally.awaitWriteAfter(written);
      return (ended - began) / 1e9;
    }

    @Override
    public void close() {
      proxy.close();
      rig.close();
    }
  }
}
