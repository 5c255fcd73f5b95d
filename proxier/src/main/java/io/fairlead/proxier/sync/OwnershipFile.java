package io.fairlead.proxier.sync;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An {@link OwnershipRecord} in a text file under /run, one virtual server a line: {@code TCP
 * 192.0.2.7 80} or {@code FWM 77 IPV4}. Replaced by a rename, so that a reader never sees half of
 * it.
 */
public final class OwnershipFile implements OwnershipRecord {
  private static final Logger log = LoggerFactory.getLogger(OwnershipFile.class);

  private final Path file;
  private Optional<ImmutableSet<VirtualServerKey>> written = Optional.empty();
  private String told = "";

  public OwnershipFile(Path file) {
    this.file = file;
  }

  @Override
  public ImmutableSet<VirtualServerKey> read() {
    if (written.isEmpty()) {
      written = Optional.of(parse());
    }
    return written.get();
  }

  @Override
  public void write(ImmutableSet<VirtualServerKey> keys) {
    if (keys.equals(read())) {
      return;
    }
    String text =
        ImmutableSortedSet.copyOf(keys).stream()
            .map(key -> line(key) + "\n")
            .collect(Collectors.joining());
    try {
      Path next = file.resolveSibling(file.getFileName() + ".next");
      Files.createDirectories(next.toAbsolutePath().getParent());
      Files.writeString(next, text, UTF_8);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
      written = Optional.of(keys);
      told = "";
    } catch (IOException e) {
      tell(e.toString());
    }
  }

  /** Every pass writes anew what could not be written, so that the same trouble is told once. */
  private void tell(String problem) {
    if (!problem.equals(told)) {
      log.warn(
          "ownership record {} cannot be written: {}; after a restart, virtual servers on the"
              + " node's own addresses will not be known as ours",
          file,
          problem);
      told = problem;
    }
  }

  private ImmutableSet<VirtualServerKey> parse() {
    var keys = ImmutableSet.<VirtualServerKey>builder();
    try {
      // Bytes that are no text spoil their line, not the record.
      new String(Files.readAllBytes(file), UTF_8)
          .lines()
          .forEach(
              line ->
                  parse(line)
                      .ifPresentOrElse(
                          keys::add,
                          () ->
                              log.warn("ownership record {}: \"{}\" is not understood", file, line)));
    } catch (NoSuchFileException e) {
      log.debug("no ownership record {} yet", file);
    } catch (IOException e) {
      log.warn("ownership record {} cannot be read: {}", file, e.toString());
    }
    return keys.build();
  }

  private static String line(VirtualServerKey key) {
    return switch (key) {
      case VirtualServerKey.Addressed(IpAddress address, int port, Protocol protocol) ->
          protocol + " " + address + " " + port;
      case VirtualServerKey.Marked(int mark, Family family) ->
          "FWM " + Integer.toUnsignedString(mark) + " " + family;
    };
  }

  private static Optional<VirtualServerKey> parse(String line) {
    String[] words = line.split(" ", -1);
    if (words.length != 3) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          words[0].equals("FWM")
              ? new VirtualServerKey.Marked(
                  Integer.parseUnsignedInt(words[1]), Family.valueOf(words[2]))
              : new VirtualServerKey.Addressed(
                  IpAddress.parse(words[1]),
                  Integer.parseInt(words[2]),
                  Protocol.valueOf(words[0])));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
