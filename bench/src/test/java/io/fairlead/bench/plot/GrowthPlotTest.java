package io.fairlead.bench.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The picture says what the CSV says. */
class GrowthPlotTest {
  @TempDir private Path folder;

  @Test
  void eachFigureHasItsDotAndEachCostItsLine() throws Exception {
    Document svg =
        drawn("services,programming_s,floor_s,change_ms,heap_mb", "100,1,1,1,1", "1000,10,2,1,3");

    assertEquals(4, svg.getElementsByTagName("polyline").getLength());
    assertEquals(4 * 2, svg.getElementsByTagName("circle").getLength());
  }

  @Test
  void proportionalCostHasASlopeOfOneDecadeForEachDecade() throws Exception {
    Document svg = drawn("100,1,1,1,1", "1000,10,10,1,10", "10000,100,100,1,100");
    List<double[]> points = points(svg.getElementsByTagName("polyline"), 0);

    double rise = points.get(0)[1] - points.get(1)[1];
    assertTrue(rise > 50, rise + " pixels up");
    assertEquals(rise, points.get(1)[1] - points.get(2)[1], 0.2);
    double level = points(svg.getElementsByTagName("polyline"), 2).get(0)[1];
    assertEquals(level, points(svg.getElementsByTagName("polyline"), 2).get(2)[1], 0.2);
  }

  @Test
  void aLineOfAnotherShapeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> drawn("100,1,1,1"));
    assertThrows(IllegalArgumentException.class, () -> drawn("services"));
  }

  private Document drawn(String... lines) throws Exception {
    Path csv = Files.writeString(folder.resolve("growth.csv"), String.join("\n", lines) + "\n");
    Path svg = folder.resolve("growth.svg");
    GrowthPlot.main(csv.toString(), svg.toString());
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(svg.toFile());
  }

  private static List<double[]> points(NodeList lines, int number) {
    String points = ((Element) lines.item(number)).getAttribute("points");
    return Arrays.stream(points.split(" ", -1))
        .map(point -> point.split(",", -1))
        .map(xy -> new double[] {Double.parseDouble(xy[0]), Double.parseDouble(xy[1])})
        .toList();
  }
}
