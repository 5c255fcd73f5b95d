package io.fairlead.bench.plot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Draws how cost grows with the number of Services, from the CSV that {@code ./dev bench growth}
 * prints: three panels with logarithmic axes. On such axes what grows in proportion has a slope of
 * one, and what does not grow at all is level.
 *
 * <p>It needs nothing but the JDK, which can run it as it stands: {@code java GrowthPlot.java CSV
 * SVG}.
 */
public final class GrowthPlot {
  private static final int WIDTH = 1140;
  private static final int HEIGHT = 400;
  private static final String OURS = "#1f5fa8";
  private static final String PEER = "#b4610f";

  private GrowthPlot() {}

  /** A line of the CSV. */
  record Row(
      double services, double programming, double floor, double changeMillis, double megabytes) {
    static Row of(String line) {
      double[] cells = splitAtCommas(line).stream().mapToDouble(Double::parseDouble).toArray();
      return new Row(cells[0], cells[1], cells[2], cells[3], cells[4]);
    }

    private static List<String> splitAtCommas(String line) {
      List<String> cells = List.of(line.split(",", -1));
      if (cells.size() != 5) {
        throw new IllegalArgumentException("not five cells: " + line);
      }
      return cells;
    }
  }

  /** One kind of cost. */
  private record Series(String name, String colour, ToDoubleFunction<Row> cost) {}

  /** A picture of some costs in one unit. */
  private record Panel(String title, String unit, List<Series> series) {}

  private static final List<Panel> PANELS =
      List.of(
          new Panel(
              "All programmed, from nothing",
              "seconds",
              List.of(
                  new Series("Fairlead", OURS, Row::programming),
                  new Series("floor", PEER, Row::floor))),
          new Panel(
              "One endpoint changed",
              "milliseconds",
              List.of(new Series("Fairlead", OURS, Row::changeMillis))),
          new Panel(
              "Heap after a collection",
              "megabytes",
              List.of(new Series("Fairlead", OURS, Row::megabytes))));

  /**
   * Draws.
   *
   * @param arguments the CSV to be read and the SVG to be written
   */
  public static void main(String... arguments) throws IOException {
    List<Row> rows =
        Files.readAllLines(Path.of(arguments[0])).stream()
            .filter(line -> !line.isEmpty() && Character.isDigit(line.charAt(0)))
            .map(Row::of)
            .toList();
    Files.writeString(Path.of(arguments[1]), svg(rows));
  }

  static String svg(List<Row> rows) {
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("no rows");
    }
    String panels =
        IntStream.range(0, PANELS.size())
            .mapToObj(i -> new Drawing(PANELS.get(i), rows, i * WIDTH / PANELS.size()).panel())
            .collect(Collectors.joining());
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" \
    font-family="sans-serif" font-size="13" fill="#222">
    <title>How cost grows with the number of Services</title>
    <rect width="%1$d" height="%2$d" fill="white"/>
    %3$s</svg>
    """
        .formatted(WIDTH, HEIGHT, panels);
  }

  /** A logarithmic axis over whole decades. */
  private record Axis(int lowest, int highest, double from, double to) {
    static Axis over(double least, double most, double from, double to) {
      int lowest = (int) Math.floor(Math.log10(least));
      return new Axis(lowest, Math.max(lowest + 1, (int) Math.ceil(Math.log10(most))), from, to);
    }

    double at(double value) {
      return from + (to - from) * (Math.log10(value) - lowest) / (highest - lowest);
    }

    List<Double> decades() {
      return IntStream.rangeClosed(lowest, highest).mapToObj(it -> Math.pow(10, it)).toList();
    }
  }

  /** A panel at its place. */
  private static final class Drawing {
    private static final int TOP = 70;
    private static final int BOTTOM = HEIGHT - 60;
    private static final int ROOM_LEFT = 62;
    private static final int ROOM_RIGHT = 62; // for the names at the ends of the lines

    private final Panel panel;
    private final List<Row> rows;
    private final int left;
    private final int right;
    private final Axis x;
    private final Axis y;
    private final List<String> parts = new ArrayList<>();

    Drawing(Panel panel, List<Row> rows, int offset) {
      this.panel = panel;
      this.rows = rows;
      this.left = offset + ROOM_LEFT;
      this.right = offset + WIDTH / PANELS.size() - ROOM_RIGHT;
      this.x = Axis.over(least(Row::services), most(Row::services), left, right);
      this.y =
          Axis.over(
              panel.series.stream().mapToDouble(it -> least(it.cost)).min().orElseThrow(),
              panel.series.stream().mapToDouble(it -> most(it.cost)).max().orElseThrow(),
              BOTTOM,
              TOP);
    }

    String panel() {
      text(left, TOP - 40, "start", "font-weight=\"bold\" font-size=\"15\"", panel.title);
      text(left, TOP - 18, "start", "fill=\"#555\"", panel.unit);
      for (double decade : x.decades()) {
        line(x.at(decade), TOP, x.at(decade), BOTTOM);
        text(x.at(decade), BOTTOM + 20, "middle", "", plain(decade));
      }
      for (double decade : y.decades()) {
        line(left, y.at(decade), right, y.at(decade));
        text(left - 8, y.at(decade) + 4, "end", "", plain(decade));
      }
      text((left + right) / 2.0, BOTTOM + 44, "middle", "fill=\"#555\"", "Services");
      panel.series.forEach(this::series);
      return String.join("\n", parts);
    }

    private void series(Series series) {
      String points =
          rows.stream()
              .map(row -> number(x.at(row.services)) + "," + number(y.at(costOf(series, row))))
              .collect(Collectors.joining(" "));
      parts.add(
          "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>"
              .formatted(points, series.colour));
      boolean isUpper = panel.series.getFirst().equals(series);
      for (Row row : rows) {
        double cost = costOf(series, row);
        parts.add(
            "<circle cx=\"%s\" cy=\"%s\" r=\"3.5\" fill=\"%s\"/>"
                .formatted(number(x.at(row.services)), number(y.at(cost)), series.colour));
        text(
            x.at(row.services),
            y.at(cost) + (isUpper ? -9 : 19),
            "middle",
            "font-size=\"11\" fill=\"" + series.colour + "\"",
            digits(cost));
      }
      Row last = rows.getLast();
      text(
          x.at(last.services) + 10,
          y.at(costOf(series, last)) + (isUpper ? 2 : 12),
          "start",
          "fill=\"" + series.colour + "\"",
          series.name);
    }

    private static double costOf(Series series, Row row) {
      return series.cost.applyAsDouble(row);
    }

    private double least(ToDoubleFunction<Row> of) {
      return rows.stream().mapToDouble(of).min().orElseThrow();
    }

    private double most(ToDoubleFunction<Row> of) {
      return rows.stream().mapToDouble(of).max().orElseThrow();
    }

    private void line(double x1, double y1, double x2, double y2) {
      parts.add(
          "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" stroke=\"#ddd\"/>"
              .formatted(number(x1), number(y1), number(x2), number(y2)));
    }

    private void text(double x, double y, String anchor, String style, String text) {
      parts.add(
          "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" %s>%s</text>"
              .formatted(number(x), number(y), anchor, style, text));
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** {@code 100,000} or {@code 0.01}. */
  private static String plain(double decade) {
    return decade >= 1
        ? String.format(Locale.ROOT, "%,.0f", decade)
        : String.format(Locale.ROOT, "%." + Math.round(-Math.log10(decade)) + "f", decade);
  }

  /** Two digits that matter. */
  private static String digits(double value) {
    int decimals = Math.max(0, 1 - (int) Math.floor(Math.log10(value)));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
