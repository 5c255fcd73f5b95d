package io.fairlead.bench.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import io.fairlead.lab.synthetic.Cluster;
import io.fairlead.proxier.log.Logging;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The table of what Fairlead is measured by, as {@code ./dev bench} prints it: Markdown, for
 * docs/performance.md.
 */
public final class Table {
  private static final ImmutableList<Row> ROWS =
      ImmutableList.of(
          new ColdProgramming("cold-programming", Cluster.uniform(10_000, 10), 3, 1.3),
          new OneChange("one-change", 100, 10_000, 600),
          new SteadyChanges("steady-changes", 10_000, 1_000, 200, 20),
          new RollingRestart("rolling-restart", 1_000, 50, 100, 10_000, 3),
          new QuietSync("quiet-sync", Cluster.uniform(10_000, 10), 5),
          new BadDay("bad-day", 1_000, 10_000, 60),
          new ColdStart("cold-start-api", Cluster.uniform(10_000, 10), Supply::api, 1, 5),
          new ColdStart("cold-start-folder", Cluster.uniform(10_000, 10), Supply::folder, 1, 5),
          new ColdStart("cold-start-44000", Cluster.uniform(44_000, 1), Supply::api, 1, 5),
          new Residence(
              "memory",
              ImmutableList.of(
                  new Residence.Size(Cluster.uniform(1, 1), 90),
                  new Residence.Size(Cluster.uniform(10_000, 10), 120),
                  new Residence.Size(Cluster.uniform(44_000, 1), 130))),
          new FirstVip(
              "first-vip",
              ImmutableList.of(Cluster.uniform(10, 2), Cluster.uniform(10_000, 10)),
              1),
          new Growth(
              "growth", ImmutableList.of(100, 1_000, 10_000, 44_000, 100_000), 500, System.out));

  private final PrintStream out;

  private Table(PrintStream out) {
    this.out = out;
  }

  /**
   * Measures.
   *
   * @param arguments the floor's program, the packaged command's folder, and names of rows; none
   *     means all
   */
  public static void main(String... arguments) throws Exception {
    Path folder = Files.createTempDirectory("fairlead-bench");
    // A log costs what its reader costs, and a guest's serial console is the slowest of all.
    System.setErr(new PrintStream(folder.resolve("log").toFile(), UTF_8));
    Logging.configure(0);
    Lab lab = new Lab(Path.of(arguments[0]), Path.of(arguments[1]), folder);
    List<String> names = List.of(arguments).subList(2, arguments.length);
    List<String> unknown =
        names.stream()
            .filter(name -> ROWS.stream().noneMatch(row -> row.name().equals(name)))
            .toList();
    if (!unknown.isEmpty()) {
      System.out.printf(
          "no row %s; there are %s%n",
          String.join(", ", unknown), String.join(", ", ROWS.stream().map(Row::name).toList()));
      System.exit(2);
    }
    boolean isMet =
        new Table(System.out)
            .print(
                lab,
                ROWS.stream()
                    .filter(row -> names.isEmpty() || names.contains(row.name()))
                    .toList());
    System.exit(isMet ? 0 : 1);
  }

  private boolean print(Lab lab, List<Row> rows) {
    out.println("| row | what | measured as | target | result | | from |");
    out.println("|---|---|---|---|---|---|---|");
    boolean isMet = true;
    for (Row row : rows) {
      isMet &= print(lab, row);
    }
    return isMet;
  }

  private boolean print(Lab lab, Row row) {
    try {
      boolean isMet = true;
      for (Figure figure : row.measure(lab)) {
        print(row, figure);
        isMet &= figure.isMet();
      }
      return isMet;
    } catch (Exception e) {
      out.printf("| %s | %s | | | | FAILED | %s |%n", row.name(), row.what(), e);
      e.printStackTrace(out);
      return false;
    }
  }

  private void print(Row row, Figure figure) {
    String target = figure.hasTarget() ? "≤ " + Figure.digits(figure.limit()) : "";
    String verdict = figure.hasTarget() ? figure.isMet() ? "met" : "MISSED" : "";
    out.printf(
        Locale.ROOT,
        "| %s | %s | %s | %s | %s | %s | %s |%n",
        row.name(),
        row.what(),
        figure.of(),
        target,
        Figure.digits(figure.value()),
        verdict,
        figure.note());
  }
}
