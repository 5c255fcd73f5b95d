package io.fairlead.bench.system;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.core.reconcile.ReconcilerSettings;
import io.fairlead.lab.rig.Rig;
import io.fairlead.lab.synthetic.Cluster;
import io.fairlead.proxier.kernel.KernelDataplane;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An empty kernel gets a whole cluster from a JVM that has done so before. */
record ColdProgramming(String name, Cluster cluster, int rounds, double limit) implements Row {
  private static final int WARM_UP = 2;

  @Override
  public String what() {
    return "cold programming, warm JVM, %s".formatted(Text.of(cluster));
  }

  @Override
  public ImmutableList<Figure> measure(Lab lab) throws Exception {
    Path recording = lab.file(name);
    try (Recording all = Recording.into(recording)) {
      program(cluster, all);
      all.endPart();
    }
    for (int round = 1; round < WARM_UP; round++) {
      program(cluster, Tally.NOBODY);
    }
    List<Double> ours = new ArrayList<>();
    List<Double> floors = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      ours.add(program(cluster, Tally.NOBODY));
      floors.add(lab.floorOf(recording).getFirst());
    }
    return ImmutableList.of(Ratio.of(ours, floors).figure("÷ floor", limit));
  }

  /** Gives an empty kernel this cluster; returns the seconds from the first write to the last. */
  static double program(Cluster cluster, Tap.Listener listener) throws DataplaneException {
    try (Rig rig = Rig.create();
        KernelDataplane dataplane = Lab.dataplane(rig.node("node0").namespace(), listener)) {
      var reconciler =
          new Reconciler(new Planner(PlannerSettings.of("rr")), new ReconcilerSettings("node0"));
      cluster.list(reconciler::on);
      reconciler.observe(dataplane.read(), ImmutableSet.of());
      ImmutableList<Change> changes = reconciler.changes(System.nanoTime());
      long began = System.nanoTime();
      var failures = dataplane.apply(changes);
      long ended = System.nanoTime();
      if (!failures.isEmpty()) {
        throw new IllegalStateException(failures.getFirst().toString());
      }
      return (ended - began) / 1e9;
    }
  }
}
