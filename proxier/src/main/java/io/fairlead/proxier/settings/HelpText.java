package io.fairlead.proxier.settings;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The text of {@code fairlead run --help}: every flag, its default and its meaning. */
final class HelpText {
  private static final int COLUMNS = 90;
  private static final String INDENT = " ".repeat(8);

  private HelpText() {}

  static String text() {
    return """
    Usage: fairlead run [flags]

    Programs this node's IPVS load balancer with the cluster's Services, in place of
    kube-proxy. Flags have kube-proxy's names and defaults where it has the same thing.
    """
        + Arrays.stream(Flag.Group.values()).map(HelpText::group).collect(Collectors.joining())
        + """

        Durations are as in Go: 30s, 1m30s, 500ms.
        """;
  }

  private static String group(Flag.Group group) {
    return "\n"
        + group.heading()
        + ":\n"
        + Arrays.stream(Flag.values())
            .filter(flag -> flag.group() == group)
            .map(HelpText::flag)
            .collect(Collectors.joining());
  }

  private static String flag(Flag flag) {
    String usage = "  " + flag + (flag.isSwitch() ? "" : " " + flag.operand());
    String byDefault =
        flag.isSwitch() || flag.byDefault().isEmpty() ? "" : " [default " + flag.byDefault() + "]";
    return usage + byDefault + "\n" + wrapped(flag.meaning());
  }

  private static String wrapped(String sentence) {
    StringBuilder text = new StringBuilder();
    StringBuilder line = new StringBuilder(INDENT);
    for (String word : sentence.split(" ", -1)) {
      if (line.length() + word.length() >= COLUMNS) {
        text.append(line.toString().stripTrailing()).append('\n');
        line = new StringBuilder(INDENT);
      }
      line.append(word).append(' ');
    }
    return text.append(line.toString().stripTrailing()).append('\n').toString();
  }
}
