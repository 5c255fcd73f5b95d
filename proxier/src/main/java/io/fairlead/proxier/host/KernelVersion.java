package io.fairlead.proxier.host;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first two numbers of a kernel's release, which is all that its features hang on. */
public record KernelVersion(int major, int minor) implements Comparable<KernelVersion> {
  private static final Comparator<KernelVersion> ORDER =
      Comparator.comparingInt(KernelVersion::major).thenComparingInt(KernelVersion::minor);

  private static final Pattern RELEASE = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})\\D?.*");

  /**
   * Reads a release as in /proc/sys/kernel/osrelease: {@code 6.1.0-25-amd64}.
   *
   * @throws IllegalArgumentException naming the text
   */
  public static KernelVersion parse(String release) {
    Matcher matcher = RELEASE.matcher(release.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"" + release.strip() + "\" is not a kernel release such as 6.1.0");
    }
    return new KernelVersion(
        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  public boolean isAtLeast(int major, int minor) {
    return compareTo(new KernelVersion(major, minor)) >= 0;
  }

  @Override
  public int compareTo(KernelVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
