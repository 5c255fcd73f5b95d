package io.fairlead.lab;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Prints a line for each test as it ends, with what went wrong, and counts. Tests run one after the
 * other, so nothing here is locked.
 */
final class Progress implements TestExecutionListener {
  private final PrintWriter out;
  private final Map<UniqueId, Long> begin = new HashMap<>();
  private int passed;
  private int failed;
  private int skipped;

  Progress(PrintWriter out) {
    this.out = out;
  }

  /** At least one test ran, none failed and none was skipped: a skipped one proves nothing. */
  boolean allPassed() {
    return passed > 0 && failed == 0 && skipped == 0;
  }

  String summary() {
    String ran = passed + " passed, " + failed + " failed";
    return skipped == 0 ? ran : ran + ", " + skipped + " skipped, which counts as failed";
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    begin.put(test.getUniqueIdObject(), System.nanoTime());
    if (test.getSource().orElse(null) instanceof ClassSource) {
      out.println(test.getDisplayName());
    }
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    skipped++;
    out.println("  skipped " + test.getDisplayName() + ": " + reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    switch (result.getStatus()) {
      case SUCCESSFUL -> {
        if (test.isTest()) {
          passed++;
          line("ok", test);
        }
      }
      case ABORTED -> {
        skipped++;
        line("aborted", test);
      }
      case FAILED -> {
        failed++; // A container too: its set-up failed, and its tests did not run.
        line("FAILED", test);
        result.getThrowable().ifPresent(e -> e.printStackTrace(out));
      }
    }
  }

  private void line(String verdict, TestIdentifier test) {
    long nanos = System.nanoTime() - begin.getOrDefault(test.getUniqueIdObject(), 0L);
    out.printf("  %s %s (%d ms)%n", verdict, name(test), Duration.ofNanos(nanos).toMillis());
  }

  /** A parameterized test's own name is only its number and arguments; its id has the method's. */
  private static String name(TestIdentifier test) {
    String last = test.getUniqueIdObject().getLastSegment().getType();
    return last.equals("test-template-invocation")
        ? template(test.getUniqueIdObject()) + " " + test.getDisplayName()
        : test.getDisplayName();
  }

  private static String template(UniqueId invocation) {
    return invocation.removeLastSegment().getLastSegment().getValue().replaceFirst("\\(.*", "");
  }
}
