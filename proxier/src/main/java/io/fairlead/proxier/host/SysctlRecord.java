package io.fairlead.proxier.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableSortedMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which kernel parameters Fairlead changed, in a text file under /run, so that {@code fairlead
 * cleanup} can put them back. One a line: {@code net/ipv4/ip_forward 0 1} was 0 before the first
 * start since the host's, and was set to 1.
 */
public final class SysctlRecord {
  private static final Logger log = LoggerFactory.getLogger(SysctlRecord.class);

  // No dots, and so no way out of /proc/sys.
  private static final Pattern LINE = Pattern.compile("(net/[a-z0-9_/]+) (-?\\d+) (-?\\d+)");

  private final Path file;

  public SysctlRecord(Path file) {
    this.file = file;
  }

  /** The record that belongs to an ownership record: its neighbour. */
  public static SysctlRecord beside(Path ownershipRecord) {
    return new SysctlRecord(ownershipRecord.resolveSibling("sysctls"));
  }

  /** What a parameter was, and what Fairlead set it to. */
  record Saved(String before, String set) {}

  /** Everything recorded, by key; empty if nothing was, or if it cannot be read (it is logged). */
  ImmutableSortedMap<String, Saved> read() {
    var saved = new TreeMap<String, Saved>();
    try {
      for (String line : new String(Files.readAllBytes(file), UTF_8).lines().toList()) {
        Matcher parts = LINE.matcher(line);
        if (parts.matches()) {
          saved.put(parts.group(1), new Saved(parts.group(2), parts.group(3)));
        } else {
          log.warn("sysctl record {}: \"{}\" is not understood", file, line);
        }
      }
    } catch (NoSuchFileException e) {
      log.debug("no sysctl record {} yet", file);
    } catch (IOException e) {
      log.warn("sysctl record {} cannot be read: {}", file, e.toString());
    }
    return ImmutableSortedMap.copyOf(saved);
  }

  /**
   * Notes a parameter that is about to be set. What it was before an earlier start stays: that
   * start's value is Fairlead's own. A failure is logged, not thrown.
   */
  void note(Sysctl sysctl, String before) {
    Map<String, Saved> all = new TreeMap<>(read());
    Saved earlier = all.getOrDefault(sysctl.key(), new Saved(before, before));
    Saved now = new Saved(earlier.before(), Integer.toString(sysctl.value()));
    if (now.equals(all.put(sysctl.key(), now))) {
      return;
    }
    try {
      write(all);
    } catch (IOException e) {
      log.warn(
          "sysctl record {} cannot be written: {}; `fairlead cleanup` will not put {} back to {}",
          file,
          e.toString(),
          sysctl.key().replace('/', '.'),
          before);
    }
  }

  /** Forgets everything. */
  void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  /** By a rename, so that a crash leaves the one or the other, never half of it. */
  private void write(Map<String, Saved> all) throws IOException {
    String text =
        all.entrySet().stream()
            .map(
                it -> it.getKey() + " " + it.getValue().before() + " " + it.getValue().set() + "\n")
            .collect(Collectors.joining());
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(next, text, UTF_8);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
