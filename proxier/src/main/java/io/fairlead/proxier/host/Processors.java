package io.fairlead.proxier.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many processors the machine has online. The JVM's own count is that of the container, and the
 * table of connections is the machine's (kubernetes#99225).
 */
final class Processors {
  private static final Pattern RANGE = Pattern.compile("\\G(\\d{1,6})(?:-(\\d{1,6}))?(?:,|$)");

  private Processors() {}

  /**
   * @param root {@code /}; tests give a folder
   */
  static int online(Path root) {
    try {
      int count = count(ProcFile.read(root.resolve("sys/devices/system/cpu/online")));
      return count > 0 ? count : Runtime.getRuntime().availableProcessors();
    } catch (IOException e) {
      return Runtime.getRuntime().availableProcessors();
    }
  }

  /** Counts the kernel's list of numbers, {@code 0-3,8}; 0 if it is none. */
  static int count(String list) {
    int count = 0;
    int end = 0;
    for (Matcher range = RANGE.matcher(list); range.find(); end = range.end()) {
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      count += Math.max(0, last - first + 1);
    }
    return end == list.length() ? count : 0;
  }
}
