package io.fairlead.bench.system;

import com.google.common.collect.ImmutableList;
import io.fairlead.lab.rig.FairleadProcess;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Rig;
import io.fairlead.lab.synthetic.ApiObjects;
import io.fairlead.lab.synthetic.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the packaged command keeps in memory, over TLS: once all is programmed and the kernel was
 * read back, and what of its heap is in use after a collection.
 *
 * @param sizes each in a process of its own
 */
record Residence(String name, ImmutableList<Size> sizes) implements Row {
  private static final Duration AUDIT = Duration.ofSeconds(20);
  private static final Duration SETTLED = AUDIT.plusSeconds(15);
  private static final double KIB_PER_MIB = 1024;

  /** Of a generation of the heap, as {@code jcmd GC.heap_info} prints it. */
  private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");

  /** A cluster, and how many MiB it may take. */
  record Size(Cluster cluster, double limit) {}

  @Override
  public String what() {
    return "resident memory over TLS";
  }

  @Override
  public ImmutableList<Figure> measure(Lab lab) throws Exception {
    var figures = ImmutableList.<Figure>builder();
    for (Size size : sizes) {
      try (Rig rig = Rig.create();
          Supply supply = Supply.api(lab, rig, ApiObjects.of(size.cluster))) {
        figures.addAll(measure(lab, rig.node("node0"), supply, size));
      }
    }
    return figures.build();
  }

  private static List<Figure> measure(Lab lab, Node node, Supply supply, Size size)
      throws IOException, InterruptedException {
    List<String> flags =
        ImmutableList.<String>builder()
            .addAll(supply.flags())
            .add("--ipvs-sync-period=" + AUDIT.toSeconds() + "s")
            .build();
    try (var fairlead = FairleadProcess.start(lab.home(), node, flags, supply.environment())) {
      fairlead.awaitFirstSync(Lab.PATIENCE);
      Thread.sleep(SETTLED);
      Path status = Path.of("/proc", Long.toString(fairlead.pid()), "status");
      String before = Files.readString(status);
      double heap = heapAfterCollection(node, fairlead.pid());
      String after = Files.readString(status);
      System.err.printf("%s%n%s%s", fairlead.log(), before, after);
      fairlead.kill();
      String of = Text.of(size.cluster);
      return List.of(
          Figure.atMost(
              size.limit,
              "MiB, " + of,
              mebibytes(before, "VmRSS"),
              "%s MiB anonymous, %s of files; at most %s"
                  .formatted(
                      digits(before, "RssAnon"),
                      digits(before, "RssFile"),
                      digits(before, "VmHWM"))),
          Figure.told(
              "MiB of heap in use, " + of,
              heap,
              "after a collection, which left %s MiB resident".formatted(digits(after, "VmRSS"))));
    }
  }

  private static double heapAfterCollection(Node node, long pid) {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    node.namespace().run(jcmd, Long.toString(pid), "GC.run");
    String heap = node.namespace().run(jcmd, Long.toString(pid), "GC.heap_info");
    return USED.matcher(heap).results().mapToLong(it -> Long.parseLong(it.group(1))).sum()
        / KIB_PER_MIB;
  }

  private static String digits(String status, String field) {
    return Figure.digits(mebibytes(status, field));
  }

  /** {@code VmRSS: 81234 kB} of a process's status. */
  private static double mebibytes(String status, String field) {
    return status
            .lines()
            .filter(line -> line.startsWith(field + ":"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum()
        / KIB_PER_MIB;
  }
}
