package io.fairlead.lab;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClasspathRoots;
import static org.junit.platform.launcher.MethodFilter.includeMethodNamePatterns;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.reporting.legacy.xml.LegacyXmlReportGeneratingListener;

/**
 * Runs the JUnit classes that a folder holds, and ends with status 0 if there were any and all
 * passed. JUnit's own console launcher does the same, in twice the time under emulation.
 */
final class KernelTests {
  private KernelTests() {}

  /**
   * Runs them.
   *
   * @param arguments the folder of test classes, the folder for the XML report, and two regular
   *     expressions that may match any part of a class's and of a method's name
   */
  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    Progress progress = new Progress(out);
    LauncherFactory.create()
        .execute(
            request(Path.of(arguments[0]), arguments[2], arguments[3]),
            progress,
            new LegacyXmlReportGeneratingListener(Path.of(arguments[1]), out));
    out.printf("kernel %s:%n", System.getProperty("os.version"));
    out.printf("lab: %s%n", progress.summary()); // the form that test report readers know
    // Servers of a failed test may still have threads.
    System.exit(progress.allPassed() ? 0 : 1);
  }

  private static LauncherDiscoveryRequest request(Path classes, String type, String method) {
    return LauncherDiscoveryRequestBuilder.request()
        .selectors(selectClasspathRoots(Set.of(classes)))
        .filters(
            includeClassNamePatterns(".*Test"),
            includeClassNamePatterns(".*(" + type + ").*"),
            includeMethodNamePatterns(".*#.*(" + method + ").*"))
        .configurationParameter("junit.jupiter.execution.timeout.default", "300 s")
        .build();
  }
}
