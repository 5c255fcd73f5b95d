package io.fairlead.lab;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClasspathRoots;
import static org.junit.platform.launcher.MethodFilter.includeMethodNamePatterns;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.reporting.legacy.xml.LegacyXmlReportGeneratingListener;

/**
 * Runs the JUnit classes that a folder holds, and ends with status 0 if there were any and all
 * passed. Several guests may share the work: the folder of a class's report says that one of them
 * has taken it. JUnit's own console launcher takes twice the time under emulation.
 */
final class KernelTests {
  /** On classes that take minutes: they begin first, so that no guest waits for them in the end. */
  static final String LONG = "long";

  private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
  private final Progress progress = new Progress(out);
  private final Launcher launcher = LauncherFactory.create();
  private final Path reports;
  private final String type;
  private final String method;

  private KernelTests(Path reports, String type, String method) {
    this.reports = reports;
    this.type = type;
    this.method = method;
  }

  /**
   * Runs them.
   *
   * @param arguments the folder of test classes, the folder for a report of each, and two regular
   *     expressions that may match any part of a class's and of a method's name
   */
  public static void main(String[] arguments) throws IOException {
    KernelTests tests = new KernelTests(Path.of(arguments[1]), arguments[2], arguments[3]);
    boolean allPassed = tests.run(Path.of(arguments[0]));
    // Servers of a failed test may still have threads.
    System.exit(allPassed ? 0 : 1);
  }

  private boolean run(Path classes) throws IOException {
    for (String name : classNames(classes)) {
      Path report = reports.resolve(name);
      if (take(report)) {
        launcher.execute(
            request(selectClass(name)),
            progress,
            new LegacyXmlReportGeneratingListener(report, out));
      }
    }
    out.printf("kernel %s:%n", System.getProperty("os.version"));
    out.printf("lab: %s%n", progress.summary()); // the form that test report readers know
    return progress.allPassed();
  }

  private static boolean take(Path report) throws IOException {
    try {
      Files.createDirectory(report);
      return true;
    } catch (FileAlreadyExistsException _) {
      return false;
    }
  }

  /** Of classes with tests; the long ones first. */
  private List<String> classNames(Path folder) {
    var plan =
        launcher.discover(
            request(selectClasspathRoots(Set.of(folder)).toArray(DiscoverySelector[]::new)));
    return plan.getRoots().stream()
        .flatMap(engine -> plan.getChildren(engine).stream())
        .sorted(
            Comparator.comparing((TestIdentifier test) -> !isLong(test))
                .thenComparing(KernelTests::className))
        .map(KernelTests::className)
        .toList();
  }

  private static boolean isLong(TestIdentifier test) {
    return test.getTags().contains(TestTag.create(LONG));
  }

  private static String className(TestIdentifier test) {
    return ((ClassSource) test.getSource().orElseThrow()).getClassName();
  }

  private LauncherDiscoveryRequest request(DiscoverySelector... selectors) {
    return LauncherDiscoveryRequestBuilder.request()
        .selectors(selectors)
        .filters(
            includeClassNamePatterns(".*Test"),
            includeClassNamePatterns(".*(" + type + ").*"),
            includeMethodNamePatterns(".*#.*(" + method + ").*"))
        .configurationParameter("junit.jupiter.execution.timeout.default", "300 s")
        .build();
  }
}
