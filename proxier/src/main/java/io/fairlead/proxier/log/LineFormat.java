package io.fairlead.proxier.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * One line per record: {@code 2026-11-21T01:43:12.123Z W SyncLoop: message: cause: its cause}.
 *
 * <p>Line breaks and other control characters in a message are escaped, since names and texts from
 * the cluster end up in it and must not pass for records of their own.
 */
final class LineFormat extends Formatter {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  // A cause that is its own ancestor would never end.
  private static final int MOST_CAUSES = 8;

  private final boolean stackTraces;

  /**
   * @param stackTraces whether the lines of a stack trace follow a record with an exception
   */
  LineFormat(boolean stackTraces) {
    this.stackTraces = stackTraces;
  }

  @Override
  public String format(LogRecord record) {
    StringBuilder line = new StringBuilder(160);
    TIME.formatTo(record.getInstant(), line);
    line.append(' ').append(letter(record.getLevel())).append(' ');
    line.append(shortName(record.getLoggerName())).append(": ");
    appendEscaped(line, formatMessage(record));
    appendCauses(line, record.getThrown());
    line.append('\n');
    if (stackTraces && record.getThrown() != null) {
      appendTrace(line, record.getThrown());
    }
    return line.toString();
  }

  private static char letter(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return 'E';
    }
    if (value >= Level.WARNING.intValue()) {
      return 'W';
    }
    if (value >= Level.INFO.intValue()) {
      return 'I';
    }
    return value >= Level.FINE.intValue() ? 'D' : 'T';
  }

  private static String shortName(@Nullable String logger) {
    return logger == null ? "-" : logger.substring(logger.lastIndexOf('.') + 1);
  }

  private static void appendCauses(StringBuilder line, @Nullable Throwable thrown) {
    int causes = 0;
    for (Throwable it = thrown; it != null && causes < MOST_CAUSES; it = it.getCause(), causes++) {
      line.append(": ");
      appendEscaped(line, sentence(it));
    }
  }

  /** Our own exceptions say all in their message; of others the class is often the message. */
  private static String sentence(Throwable thrown) {
    String message = thrown.getMessage();
    String name = thrown.getClass().getSimpleName();
    if (message == null || message.isBlank()) {
      return name;
    }
    return thrown.getClass().getName().startsWith("io.fairlead.") ? message : name + " " + message;
  }

  private static void appendEscaped(StringBuilder line, @Nullable String text) {
    String given = text == null ? "null" : text;
    for (int i = 0; i < given.length(); i++) {
      char c = given.charAt(i);
      switch (c) {
        case '\n' -> line.append("\\n");
        case '\t' -> line.append(' ');
        default -> {
          if (Character.isISOControl(c)) {
            line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            line.append(c);
          }
        }
      }
    }
  }

  private static void appendTrace(StringBuilder line, Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace, true));
    line.append(trace);
  }
}
