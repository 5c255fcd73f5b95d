package io.fairlead.proxier.source.manifests;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Says which entries of a folder have changed, by inotify. The folder may be a symbolic link, may
 * be replaced by another, and may be away for a while.
 */
final class FolderWatch implements AutoCloseable {
  /**
   * What has changed.
   *
   * @param everything true if any file may have: the names alone do not tell
   * @param names the entries that changed
   */
  record Changes(boolean everything, ImmutableSet<String> names) {
    static final Changes NONE = new Changes(false, ImmutableSet.of());
    static final Changes EVERYTHING = new Changes(true, ImmutableSet.of());

    boolean isEmpty() {
      return !everything && names.isEmpty();
    }

    Changes and(Changes more) {
      return new Changes(
          everything || more.everything,
          ImmutableSet.<String>builder().addAll(names).addAll(more.names).build());
    }
  }

  private final Path folder;
  private final WatchService service;
  private Optional<WatchKey> key = Optional.empty();
  private Optional<Path> watched = Optional.empty();

  FolderWatch(Path folder) throws IOException {
    this.folder = folder;
    this.service = folder.getFileSystem().newWatchService();
  }

  /**
   * Makes sure that the folder which the path names now is the one that is watched; cheap if so.
   *
   * @throws IOException if there is no such folder at present
   */
  void ensure() throws IOException {
    Path real = folder.toRealPath();
    if (watched.equals(Optional.of(real)) && key.isPresent() && key.get().isValid()) {
      return;
    }
    key.ifPresent(WatchKey::cancel);
    key = Optional.of(real.register(service, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE));
    watched = Optional.of(real);
  }

  /** Waits until something changes or the time is over. */
  Changes await(Duration time) throws InterruptedException {
    WatchKey signalled = service.poll(time.toNanos(), TimeUnit.NANOSECONDS);
    if (signalled == null) {
      return Changes.NONE;
    }
    Changes changes = Changes.NONE;
    for (WatchEvent<?> event : signalled.pollEvents()) {
      changes = changes.and(changes(event));
    }
    signalled.reset();
    return changes;
  }

  private static Changes changes(WatchEvent<?> event) {
    // A ConfigMap volume swaps the link ..data, through which all of its files are read.
    if (event.kind().equals(OVERFLOW) || event.context().toString().startsWith("..")) {
      return Changes.EVERYTHING;
    }
    return new Changes(false, ImmutableSet.of(event.context().toString()));
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException e) {
      throw new AssertionError("closing an inotify descriptor failed", e);
    }
  }
}
