package io.fairlead.proxier.source.manifests;

import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.ClusterEvent.Kind;
import io.fairlead.core.cluster.ClusterEvent.Listed;
import io.fairlead.proxier.source.ProblemLog;
import io.fairlead.proxier.source.Source;
import io.fairlead.proxier.source.decode.Problem;
import io.fairlead.proxier.source.manifests.FolderWatch.Changes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of ordinary Service, EndpointSlice and Node manifests, followed as it changes. A file
 * that cannot be read keeps what it held before; a folder that is away keeps everything.
 */
public final class ManifestFolder implements Source {
  private static final Logger LOG = LoggerFactory.getLogger(ManifestFolder.class);

  /**
   * How patient the watch is.
   *
   * @param settle how long a changed file must rest before it is read, since editors write in steps
   * @param rescan how often all files are looked at, in case a change went unseen
   */
  public record Timing(Duration settle, Duration rescan) {
    /** A tenth of a second, and half a minute. */
    public static final Timing DEFAULT = new Timing(Duration.ofMillis(100), Duration.ofSeconds(30));
  }

  /** Changes that never pause are read after so many settle times all the same. */
  private static final int MAX_SETTLES = 20;

  private final Path folder;
  private final Timing timing;
  private final ProblemLog problems;
  private final Manifests manifests;
  private final Map<String, Object> fingerprints = new HashMap<>();
  private final Thread thread = Thread.ofPlatform().daemon().name("manifests").unstarted(this::run);
  private volatile Consumer<ClusterEvent> events = _ -> {};
  private volatile boolean closed;

  public ManifestFolder(Path folder, Timing timing, ProblemLog problems) {
    this.folder = folder;
    this.timing = timing;
    this.problems = problems;
    this.manifests = new Manifests(problems);
  }

  @Override
  public void start(Listener listener) {
    events = listener::on;
    thread.start();
  }

  @Override
  public String description() {
    return "manifests in " + folder;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }

  private void run() {
    try (FolderWatch watch = new FolderWatch(folder)) {
      awaitFolder(watch);
      surviving(this::scan);
      LOG.info("manifests: {} objects in {}", manifests.size(), folder);
      events.accept(new Listed(Kind.SERVICES));
      events.accept(new Listed(Kind.ENDPOINT_SLICES));
      events.accept(new Listed(Kind.NODES));
      follow(watch);
    } catch (IOException e) {
      LOG.error("manifests: {} is not watched: {}", folder, e.toString());
    } catch (InterruptedException e) {
      LOG.debug("manifests: closed");
    }
  }

  private void awaitFolder(FolderWatch watch) throws InterruptedException {
    while (!isThere(watch)) {
      Thread.sleep(timing.settle());
    }
  }

  private void follow(FolderWatch watch) throws InterruptedException {
    while (!closed) {
      Changes changes = settled(watch, watch.await(timing.rescan()));
      if (isThere(watch)) {
        surviving(() -> take(changes));
      }
    }
  }

  private void take(Changes changes) {
    if (changes.isEmpty() || changes.everything()) {
      scan();
    } else {
      changes.names().stream().filter(ManifestFolder::isManifest).sorted().forEach(this::read);
    }
  }

  /**
   * A defect of ours must not end the watch unseen: the next change or rescan is another chance.
   */
  private static void surviving(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      LOG.error("manifests: reading met a defect and goes on; please report it", e);
    }
  }

  /** Waits until nothing more changes, so that a file is not read while it is being written. */
  private Changes settled(FolderWatch watch, Changes first) throws InterruptedException {
    Changes all = first;
    Changes more = first;
    for (int i = 0; i < MAX_SETTLES && !more.isEmpty(); i++) {
      more = watch.await(timing.settle());
      all = all.and(more);
    }
    return all;
  }

  private boolean isThere(FolderWatch watch) {
    try {
      watch.ensure();
      problems.clear(folder.toString());
      return true;
    } catch (IOException e) {
      note(folder.toString(), "cannot be watched, so its last known content stays: " + e);
      return false;
    }
  }

  /** Reads the files that look different from when they were read last, and forgets those gone. */
  private void scan() {
    Set<String> present = new TreeSet<>();
    try (Stream<Path> entries = Files.list(folder)) {
      entries.map(ManifestFolder::nameOf).filter(ManifestFolder::isManifest).forEach(present::add);
    } catch (IOException | UncheckedIOException e) {
      note(folder.toString(), "cannot be listed, so its last known content stays: " + e);
      return;
    }
    Set<String> look = new HashSet<>(present);
    look.removeIf(name -> fingerprint(name).equals(Optional.ofNullable(fingerprints.get(name))));
    present.stream().filter(look::contains).forEach(this::read);
    manifests.files().stream().filter(name -> !present.contains(name)).sorted().forEach(this::drop);
  }

  private void read(String name) {
    Optional<Object> fingerprint = fingerprint(name);
    try {
      ManifestFile content = ManifestFile.read(folder.resolve(name));
      fingerprint.ifPresent(value -> fingerprints.put(name, value));
      problems.report(name, content.problems());
      manifests.put(name, content, events);
    } catch (ManifestFile.UnreadableException e) {
      unreadable(name, e);
    }
  }

  private void unreadable(String name, ManifestFile.UnreadableException e) {
    if (e.getCause() instanceof NoSuchFileException) {
      drop(name);
    } else {
      problems.report(name, List.of(e.problem()));
    }
  }

  private void drop(String name) {
    fingerprints.remove(name);
    problems.clear(name);
    manifests.remove(name, events);
  }

  private void note(String subject, String text) {
    problems.report(subject, List.of(new Problem(subject, "", text)));
  }

  /** Anything that changes when the file is written or replaced, also through a link. */
  private Optional<Object> fingerprint(String name) {
    try {
      return Optional.of(
          Files.readAttributes(folder.resolve(name), "unix:ino,size,ctime,lastModifiedTime"));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String nameOf(Path entry) {
    return entry.getFileName().toString();
  }

  /** Hidden files and editors' leftovers ({@code x.yaml~}, {@code .x.yaml.swp}) are not. */
  private static boolean isManifest(String name) {
    return !name.startsWith(".")
        && !name.startsWith("#")
        && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
  }
}
