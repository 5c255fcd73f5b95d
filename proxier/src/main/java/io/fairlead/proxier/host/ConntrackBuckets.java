package io.fairlead.proxier.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many hash buckets the table of tracked connections has. A quarter of its limit is enough; it
 * is grown to that, and never shrunk.
 */
final class ConntrackBuckets {
  private static final Logger log = LoggerFactory.getLogger(ConntrackBuckets.class);
  private static final int CONNECTIONS_PER_BUCKET = 4;

  private final Path file;

  /**
   * @param root {@code /}; tests give a folder
   */
  ConntrackBuckets(Path root) {
    this.file = root.resolve("sys/module/nf_conntrack/parameters/hashsize");
  }

  /** Makes room for this many connections. Returns what went wrong, if anything did. */
  Optional<String> growFor(int connections) {
    int wanted = connections / CONNECTIONS_PER_BUCKET;
    try {
      int now = Integer.parseInt(ProcFile.read(file));
      if (now < wanted) {
        Files.writeString(file, Integer.toString(wanted));
        log.info("nf_conntrack hashsize {} set; it was {}", wanted, now);
      }
      return Optional.empty();
    } catch (IOException | NumberFormatException e) {
      return Optional.of(
          "nf_conntrack hashsize %d cannot be set: %s; lookups of many connections are slower. The"
                  .formatted(wanted, e)
              + " kernel takes it only from the host's own network namespace, with /sys writable:"
              + " `echo %d > %s` on the host".formatted(wanted, file));
    }
  }
}
