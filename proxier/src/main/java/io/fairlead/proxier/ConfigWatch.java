package io.fairlead.proxier;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.fairlead.proxier.settings.RunArguments;
import io.fairlead.proxier.settings.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the configuration file. One that is wrong changes nothing: it is told, and what runs
 * goes on. It is read every few seconds, since a ConfigMap's file is a link to a link that kubelet
 * replaces.
 */
final class ConfigWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ConfigWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(5);

  /** What settings are made of, as the log calls it. */
  private static final ImmutableMap<String, Function<Settings, Object>> PARTS =
      ImmutableMap.<String, Function<Settings, Object>>builder()
          .put("source", Settings::source)
          .put("node name", Settings::nodeName)
          .put("ipvs", Settings::ipvs)
          .put("node ports", Settings::nodePortAddresses)
          .put("marks", Settings::marks)
          .put("masquerade", Settings::masquerade)
          .put("conntrack", Settings::conntrack)
          .put("servers", Settings::servers)
          .put("ownership record", Settings::ownershipRecord)
          .put("verbosity", Settings::verbosity)
          .buildOrThrow();

  private final Path file;
  private final Supplier<RunArguments> reader;
  private final Settings current;
  private final Consumer<RunArguments.Accepted> changed;
  private final Thread thread = Thread.ofPlatform().daemon().name("config").unstarted(this::run);
  private Optional<ByteBuffer> seen = Optional.empty();

  private ConfigWatch(
      Path file,
      Supplier<RunArguments> reader,
      Settings current,
      Consumer<RunArguments.Accepted> changed) {
    this.file = file;
    this.reader = reader;
    this.current = current;
    this.changed = changed;
  }

  /**
   * Begins to look after a file.
   *
   * @param reader reads it, and whatever else settings are made of
   * @param current what it said when the daemon started
   * @param changed is told, once, on a thread of the watch's own, when settings differ from those
   */
  static ConfigWatch start(
      Path file,
      Supplier<RunArguments> reader,
      Settings current,
      Consumer<RunArguments.Accepted> changed) {
    ConfigWatch watch = new ConfigWatch(file, reader, current, changed);
    watch.thread.start();
    return watch;
  }

  private void run() {
    try {
      while (!look()) {
        Thread.sleep(PERIOD);
      }
    } catch (InterruptedException e) {
      log.debug("closed");
    } catch (RuntimeException e) {
      log.error("{}: met a defect; please report it. Changes count from the next start", file, e);
    }
  }

  /** True if settings differ. */
  private boolean look() {
    Optional<ByteBuffer> now = content();
    if (now.isEmpty() || now.equals(seen)) {
      return false; // one that is being replaced comes back
    }
    seen = now;
    switch (reader.get()) {
      case RunArguments.Accepted accepted when !accepted.settings().equals(current) -> {
        tell(accepted.settings());
        changed.accept(accepted);
        return true;
      }
      case RunArguments.Accepted _, RunArguments.HelpWanted _ -> {}
      case RunArguments.Refused(ImmutableList<String> problems) -> {
        log.error("{} has changed, and is wrong: all stays as it is", file);
        problems.forEach(log::error);
      }
    }
    return false;
  }

  private Optional<ByteBuffer> content() {
    try {
      return Optional.of(ByteBuffer.wrap(Files.readAllBytes(file)));
    } catch (IOException e) {
      log.debug("{} cannot be read now", file, e);
      return Optional.empty();
    }
  }

  private void tell(Settings now) {
    log.info("{} has changed: the daemon starts anew; the kernel keeps what it has", file);
    for (Map.Entry<String, Function<Settings, Object>> part : PARTS.entrySet()) {
      Object before = part.getValue().apply(current);
      Object after = part.getValue().apply(now);
      if (!before.equals(after)) {
        log.info("  {}: {} -> {}", part.getKey(), before, after);
      }
    }
  }

  /** Ends it, unless it is telling of a change just now: then it has ended by itself. */
  @Override
  public void close() {
    thread.interrupt();
  }
}
