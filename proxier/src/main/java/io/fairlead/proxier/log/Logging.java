package io.fairlead.proxier.log;

import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Sets up java.util.logging, which SLF4J writes to: to stderr, in {@link LineFormat}, with no file
 * of properties.
 */
public final class Logging {
  // java.util.logging keeps loggers by weak reference: unheld, this one would forget its level.
  private static final Logger FAIRLEAD = Logger.getLogger("io.fairlead");
  private static final Logger EVERYTHING = Logger.getLogger("");

  private Logging() {}

  /**
   * Logs at this verbosity from now on. May be called again.
   *
   * @param verbosity kube-proxy's {@code -v}: below 4 what an operator needs, 4 and 5 also each
   *     change and stack traces (DEBUG), from 6 everything, that of libraries too (TRACE)
   */
  public static void configure(int verbosity) {
    Level level = level(verbosity);
    LogManager.getLogManager().reset();
    Handler stderr = new ConsoleHandler();
    stderr.setLevel(Level.ALL);
    stderr.setFormatter(new LineFormat(verbosity >= 4));
    EVERYTHING.addHandler(stderr);
    // Libraries speak of their own troubles at INFO, which an operator can do nothing about.
    EVERYTHING.setLevel(verbosity >= 6 ? Level.FINE : Level.WARNING);
    FAIRLEAD.setLevel(level);
  }

  /**
   * Logs at INFO while the process ends: the JDK takes all loggers' handlers away as it begins to.
   */
  public static void lastWord(String logger, String text) {
    LogRecord last = new LogRecord(Level.INFO, text);
    last.setLoggerName(logger);
    Handler stderr = new ConsoleHandler();
    stderr.setFormatter(new LineFormat(false));
    stderr.publish(last);
    stderr.flush();
  }

  /** FINE is SLF4J's DEBUG, FINER its TRACE. */
  static Level level(int verbosity) {
    return verbosity >= 6 ? Level.ALL : verbosity >= 4 ? Level.FINE : Level.INFO;
  }
}
