package io.fairlead.bench.system;

import com.google.common.collect.ImmutableList;
import io.fairlead.lab.rig.FairleadProcess;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Rig;
import io.fairlead.lab.synthetic.ApiObjects;
import io.fairlead.lab.synthetic.Cluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The packaged command is started on a node with an empty kernel, for a cluster that is there
 * already: from the start of its script to the line that says that all is in the kernel.
 */
record ColdStart(String name, Cluster cluster, Supply.Maker from, int rounds, double limit)
    implements Row {
  @Override
  public String what() {
    return "start of the process to all programmed, " + Text.of(cluster);
  }

  @Override
  public ImmutableList<Figure> measure(Lab lab) throws Exception {
    Path recording = lab.file(name);
    try (Recording all = Recording.into(recording)) {
      ColdProgramming.program(cluster, all);
      all.endPart();
    }
    List<Double> ours = new ArrayList<>();
    List<Double> floors = new ArrayList<>();
    String source;
    try (Rig rig = Rig.create();
        Supply supply = from.make(lab, rig, ApiObjects.of(cluster))) {
      source = supply.description();
      start(lab, rig.node("rehearsal"), supply); // the server's JVM warms up, files are read
      for (int round = 0; round < rounds; round++) {
        ours.add(start(lab, rig.node("node" + round), supply));
        floors.add(lab.floorOf(recording).getFirst());
      }
    }
    Figure ratio = Ratio.of(ours, floors).figure("÷ floor, " + source, limit);
    return ImmutableList.of(ratio);
  }

  private static double start(Lab lab, Node node, Supply supply) throws InterruptedException {
    try (var fairlead =
        FairleadProcess.start(lab.home(), node, supply.flags(), supply.environment())) {
      double seconds = fairlead.awaitFirstSync(Lab.PATIENCE).toNanos() / 1e9;
      System.err.printf("%s: %.2f s%n%s", node.name(), seconds, fairlead.log());
      fairlead.kill();
      return seconds;
    }
  }
}
