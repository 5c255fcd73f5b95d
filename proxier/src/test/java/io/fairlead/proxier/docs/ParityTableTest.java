package io.fairlead.proxier.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/parity.md: every case has its row, and every test that a row names exists. */
class ParityTableTest {
  private static final Path ROOT = Path.of("..");

  /**
   * {@code lab.DrainTest}, {@code lab.DrainTest.p20UdpLeavesAtOnce} or {@code lab.DrainTest.p22…}.
   */
  private static final Pattern TEST =
      Pattern.compile("`(core|lab|proxier)\\.(\\w+Test)\\.?(\\w*)(…?)`");

  private final List<String> rows;

  ParityTableTest() throws IOException {
    rows =
        Files.readAllLines(ROOT.resolve("docs/parity.md")).stream()
            .filter(line -> line.matches("\\| [PD]\\d+ .*"))
            .toList();
  }

  @Test
  void everyCaseHasItsRow() {
    assertEquals(
        IntStream.rangeClosed(1, 40).mapToObj("P%02d"::formatted).toList(),
        rows.stream().map(row -> row.substring(2, 5)).filter(it -> it.startsWith("P")).toList());
  }

  @Test
  void everyTestThatARowNamesExists() throws IOException {
    List<String> missing = new ArrayList<>();
    int named = 0;
    for (String row : rows) {
      Matcher test = TEST.matcher(row);
      while (test.find()) {
        named++;
        if (!exists(test)) {
          missing.add(test.group());
        }
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(named > rows.size(), () -> rows.size() + " rows name too few tests");
  }

  private static boolean exists(Matcher test) throws IOException {
    Optional<Path> file = file(found(test, 1), found(test, 2) + ".java");
    if (file.isEmpty()) {
      return false;
    }
    String end = found(test, 4).isEmpty() ? "\\(" : "\\w*\\(";
    return found(test, 3).isEmpty()
        || Pattern.compile("void " + found(test, 3) + end)
            .matcher(Files.readString(file.get()))
            .find();
  }

  private static String found(Matcher test, int group) {
    return Optional.ofNullable(test.group(group)).orElse("");
  }

  private static Optional<Path> file(String module, String name) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test"))) {
      return files.filter(it -> it.endsWith(name)).findFirst();
    }
  }
}
