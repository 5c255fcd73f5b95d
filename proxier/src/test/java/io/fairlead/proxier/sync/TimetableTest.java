package io.fairlead.proxier.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Sync period 30 s, min sync period 2 s, drain checks every 10 s. All times in seconds. */
class TimetableTest {
  /** What happened, and how long the loop may then sleep at {@code now}. */
  record Case(
      String name, Consumer<Clock> history, long now, boolean events, boolean draining, long idle) {
    @Override
    public String toString() {
      return name;
    }
  }

  @SuppressWarnings("UnusedVariable") // by name, in @FieldSource
  private static final List<Case> CASES =
      List.of(
          new Case("the first audit is due at once", _ -> {}, 0, false, false, 0),
          new Case("after an audit, a sync period", it -> it.audited(0), 0, false, false, 30),
          new Case("and what is left of it", it -> it.audited(0), 12, false, false, 18),
          new Case("never less than nothing", it -> it.audited(0), 99, false, false, 0),
          new Case("events are due at once", it -> it.audited(0), 5, true, false, 0),
          new Case("but a pass holds them off", it -> it.audited(0).passed(5), 5, true, false, 2),
          new Case("only while there are any", it -> it.audited(0).passed(5), 5, false, false, 25),
          new Case("draining is looked at", it -> it.audited(0), 4, false, true, 6),
          new Case("and again", it -> it.audited(0).drained(10), 10, false, true, 10),
          new Case("a failure: 1 s", it -> it.audited(0).failed(5), 5, false, false, 1),
          new Case("a second: 2 s", it -> it.failed(5).failed(6), 6, false, false, 2),
          new Case("a third: 4 s", it -> it.failed(5).failed(6).failed(8), 8, false, false, 4),
          new Case(
              "many: the sync period",
              it -> it.failed(1).failed(2).failed(4).failed(8).failed(16).failed(32).failed(62),
              62,
              false,
              false,
              30),
          new Case(
              "a failure does not put off what comes sooner",
              it -> it.audited(0).failed(1).failed(1).failed(1),
              1,
              false,
              false,
              1),
          new Case(
              "success forgets failures",
              it -> it.failed(1).failed(2).audited(4).failed(5),
              5,
              false,
              false,
              1),
          new Case("an audit may be asked for", it -> it.audited(0).asked(3), 3, false, false, 0));

  @ParameterizedTest
  @FieldSource("CASES")
  void theLoopSleepsUntilSomethingIsDue(Case given) {
    for (long origin : new long[] {0, -7, Long.MAX_VALUE - Duration.ofSeconds(3).toNanos()}) {
      Clock clock = new Clock(origin);
      given.history.accept(clock);

      long idle = clock.timetable.idle(clock.at(given.now), given.events, given.draining);

      assertEquals(given.idle, Duration.ofNanos(idle).toSeconds(), () -> "from " + origin);
    }
  }

  /** A timetable that is told seconds since some moment of a clock that may overflow. */
  private static final class Clock {
    final long origin;
    final Timetable timetable;

    Clock(long origin) {
      this.origin = origin;
      this.timetable =
          new Timetable(
              origin, Duration.ofSeconds(30), Duration.ofSeconds(2), Duration.ofSeconds(10));
    }

    long at(long seconds) {
      return origin + Duration.ofSeconds(seconds).toNanos();
    }

    Clock audited(long seconds) {
      timetable.audited(at(seconds));
      return this;
    }

    Clock passed(long seconds) {
      timetable.passed(at(seconds));
      return this;
    }

    Clock drained(long seconds) {
      timetable.drained(at(seconds));
      return this;
    }

    Clock failed(long seconds) {
      timetable.failed(at(seconds));
      return this;
    }

    Clock asked(long seconds) {
      timetable.auditAsked(at(seconds));
      return this;
    }
  }
}
