package io.fairlead.proxier.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTextTest {
  @ParameterizedTest
  @EnumSource(Flag.class)
  void everyFlagIsThereWithItsDefault(Flag flag) {
    String line =
        HelpText.text()
            .lines()
            .filter(it -> (it + " ").startsWith("  " + flag + " "))
            .findFirst()
            .orElse("");

    assertTrue(line.contains(flag.toString()), flag + " is missing");
    if (!flag.isSwitch() && !flag.byDefault().isEmpty()) {
      assertTrue(line.endsWith(" [default " + flag.byDefault() + "]"), line);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "--help=true"})
  void helpIsPrintedEvenIfTheRestIsWrong(String help) {
    RunArguments read = RunArguments.read(List.of("--bogus", help), () -> "");

    assertEquals(HelpText.text(), assertInstanceOf(RunArguments.HelpWanted.class, read).text());
  }

  @ParameterizedTest
  @ValueSource(ints = {90})
  void fitsATerminal(int columns) {
    assertEquals(
        List.of(), HelpText.text().lines().filter(line -> line.length() > columns).toList());
  }
}
