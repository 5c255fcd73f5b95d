package io.fairlead.lab.demo;

import java.io.PrintStream;
import java.util.Locale;

/**
 * What the audience sees: numbered steps with the time since the start, what was typed and printed,
 * and checks. Thread-safe, since the daemon's log comes in when it likes.
 */
final class Stage {
  private final PrintStream out;
  private final long began = System.nanoTime();
  private int steps;
  private int broken;

  Stage(PrintStream out) {
    this.out = out;
  }

  /** Begins the next step. */
  synchronized void step(String title) {
    out.printf(Locale.ROOT, "%n[%5.1f s] %d. %s%n", seconds(), ++steps, title);
  }

  /** Says something to the audience. */
  synchronized void say(String text) {
    text.lines().forEach(line -> out.println("  " + line));
  }

  /** Shows what is typed on the node. */
  synchronized void typed(String command) {
    out.println("  $ " + command);
  }

  /** Shows what a command printed. */
  synchronized void printed(String text) {
    text.stripTrailing().lines().forEach(line -> out.println("    " + line));
  }

  /** Shows a line of the daemon's log. */
  synchronized void logged(String line) {
    out.println("  | " + line);
  }

  /** Says whether something holds that must; the demo goes on either way, and fails in the end. */
  synchronized void check(boolean holds, String what) {
    out.println((holds ? "  ok: " : "  NOT SO: ") + what);
    if (!holds) {
      broken++;
    }
  }

  /** How many checks did not hold. */
  synchronized int broken() {
    return broken;
  }

  /** Since the start. */
  double seconds() {
    return (System.nanoTime() - began) / 1e9;
  }
}
