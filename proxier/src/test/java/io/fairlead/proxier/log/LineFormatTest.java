package io.fairlead.proxier.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.core.dataplane.DataplaneException;
import java.io.IOException;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LineFormatTest {
  record Case(Level level, String logger, String message, String expect) {}

  static Stream<Case> cases() {
    return Stream.of(
        new Case(Level.INFO, "io.fairlead.proxier.Run", "synced", "I Run: synced"),
        new Case(Level.SEVERE, "a.B", "x", "E B: x"),
        new Case(Level.WARNING, "a.B", "x", "W B: x"),
        new Case(Level.FINE, "a.B", "x", "D B: x"),
        new Case(Level.FINEST, "a.B", "x", "T B: x"),
        new Case(Level.INFO, "B", "x {0}", "I B: x {0}"),
        // A name from the cluster cannot forge a record or paint a terminal.
        new Case(Level.INFO, "B", "a\nb\r\u001b[31m\tc", "I B: a\\nb\\u000d\\u001b[31m c"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void writesOneLine(Case c) {
    LogRecord record = record(c.level, c.message);
    record.setLoggerName(c.logger);

    assertEquals(
        "2026-01-02T03:04:05.670Z " + c.expect + "\n", new LineFormat(false).format(record));
  }

  @Test
  void causesFollowInTheSameLine() {
    LogRecord record = record(Level.WARNING, "audit failed");
    record.setThrown(
        new DataplaneException(
            "dump virtual servers: ENOBUFS",
            new IOException("socket closed", new IllegalStateException())));

    assertEquals(
        "2026-01-02T03:04:05.670Z W Audit: audit failed: dump virtual servers: ENOBUFS:"
            + " IOException socket closed: IllegalStateException\n",
        new LineFormat(false).format(record));
  }

  @Test
  void stackTracesFollowOnlyWhenDebugging() {
    LogRecord record = record(Level.WARNING, "audit failed");
    record.setThrown(new IOException("socket closed"));

    assertEquals(1, new LineFormat(false).format(record).lines().count());
    assertTrue(new LineFormat(true).format(record).contains("\tat io.fairlead"));
  }

  @ParameterizedTest
  @CsvSource({"0,INFO", "3,INFO", "4,FINE", "5,FINE", "6,ALL", "10,ALL"})
  void verbosityChoosesTheLevel(int verbosity, String level) {
    assertEquals(Level.parse(level), Logging.level(verbosity));
  }

  private static LogRecord record(Level level, String message) {
    LogRecord record = new LogRecord(level, message);
    record.setLoggerName("io.fairlead.Audit");
    record.setInstant(Instant.parse("2026-01-02T03:04:05.670Z"));
    return record;
  }
}
