package io.fairlead.proxier.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.proxier.observe.SteppedClock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RepeatedProblemsTest {
  private final SteppedClock clock = new SteppedClock();
  private final RepeatedProblems problems = new RepeatedProblems(clock, Duration.ofMinutes(5));

  @Test
  void theFirstIsToldAtOnceAndRepeatsAreNot() {
    assertEquals(Optional.of("web: EINVAL"), problems.happened("web", "EINVAL"));
    assertEquals(Optional.empty(), problems.happened("web", "EINVAL"));
    clock.advance(Duration.ofSeconds(299));
    assertEquals(Optional.empty(), problems.happened("web", "EINVAL"));
  }

  @Test
  void repeatsAreSummedUpOncePerPeriod() {
    problems.happened("web", "EINVAL");
    problems.happened("web", "EINVAL");
    clock.advance(Duration.ofMinutes(5));

    assertEquals(
        Optional.of("web: EINVAL (still; 2 more since the last line, 300 s and 3 problems in all)"),
        problems.happened("web", "EINVAL"));
    assertEquals(Optional.empty(), problems.happened("web", "EINVAL"));
    clock.advance(Duration.ofMinutes(5));
    assertEquals(
        Optional.of("web: EINVAL (still; 2 more since the last line, 600 s and 5 problems in all)"),
        problems.happened("web", "EINVAL"));
  }

  @Test
  void recoveryIsToldOnceAndTheNextProblemIsNewAgain() {
    problems.happened("web", "EINVAL");
    clock.advance(Duration.ofSeconds(7));

    assertEquals(Optional.of("web: recovered after 7 s and 1 problem"), problems.recovered("web"));
    assertEquals(Optional.empty(), problems.recovered("web"));
    assertEquals(0, problems.size());
    assertEquals(Optional.of("web: EINVAL"), problems.happened("web", "EINVAL"));
  }

  @Test
  void subjectsDoNotSilenceEachOther() {
    problems.happened("web", "EINVAL");

    assertEquals(Optional.of("dns: EINVAL"), problems.happened("dns", "EINVAL"));
    assertEquals(2, problems.size());
  }

  @Test
  void anotherProblemOfTheSubjectIsToldButNotAFloodOfThem() {
    problems.happened("web", "try 1");
    assertEquals(Optional.of("web: try 2"), problems.happened("web", "try 2"));
    assertEquals(Optional.empty(), problems.happened("web", "try 1"));

    int told = 0;
    for (int i = 3; i < 100; i++) {
      told += problems.happened("web", "try " + i).isPresent() ? 1 : 0;
    }
    assertEquals(2, told);
  }
}
