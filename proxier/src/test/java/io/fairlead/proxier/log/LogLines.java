package io.fairlead.proxier.log;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What one logger was told, each line after the letter of its level, until closed. */
public final class LogLines extends Handler {
  private final Logger logger;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private LogLines(Logger logger) {
    this.logger = logger;
  }

  /** Listens to the logger of that name, and keeps its lines off the console. */
  public static LogLines of(String name) {
    Logger logger = Logger.getLogger(name);
    LogLines lines = new LogLines(logger);
    logger.addHandler(lines);
    logger.setUseParentHandlers(false);
    return lines;
  }

  /** Those since the last call. */
  public List<String> take() {
    List<String> taken = List.copyOf(lines);
    lines.clear();
    return taken;
  }

  @Override
  public void publish(LogRecord record) {
    lines.add(letter(record.getLevel()) + " " + record.getMessage());
  }

  private static String letter(Level level) {
    return level.equals(Level.SEVERE) ? "E" : level.equals(Level.WARNING) ? "W" : "I";
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}
