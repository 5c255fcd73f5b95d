package io.fairlead.proxier.source.manifests;

import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.proxier.source.ProblemLog;
import io.fairlead.proxier.source.decode.Decoded;
import io.fairlead.proxier.source.decode.Problem;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * All files of a folder as one set of objects. If an object is in several files, the file whose
 * name sorts first counts. A changed file costs work in proportion to what it holds and held.
 */
final class Manifests {
  private final ProblemLog problems;
  private final Map<String, ManifestFile> files = new HashMap<>();
  private final Map<ObjectKey, NavigableMap<String, Decoded>> claims = new HashMap<>();
  private final Map<ObjectKey, ClusterEvent> reported = new HashMap<>();

  Manifests(ProblemLog problems) {
    this.problems = problems;
  }

  /** Takes what a file holds now in place of what it held, and reports the difference. */
  void put(String file, ManifestFile content, Consumer<ClusterEvent> events) {
    Optional<ManifestFile> before = Optional.ofNullable(files.put(file, content));
    Set<ObjectKey> touched = new LinkedHashSet<>(content.objects().keySet());
    content.objects().forEach((key, object) -> claim(key).put(file, object));
    before.ifPresent(old -> unclaim(file, old, content.objects().keySet()));
    before.ifPresent(old -> touched.addAll(old.objects().keySet()));
    touched.forEach(key -> report(key, events));
  }

  /** Takes away what a file held. */
  void remove(String file, Consumer<ClusterEvent> events) {
    ManifestFile old = files.remove(file);
    if (old != null) {
      unclaim(file, old, Set.of());
      old.objects().keySet().forEach(key -> report(key, events));
    }
  }

  /** The names of the files that are held. */
  Set<String> files() {
    return Set.copyOf(files.keySet());
  }

  /** How many objects are reported at present. */
  int size() {
    return reported.size();
  }

  private NavigableMap<String, Decoded> claim(ObjectKey key) {
    return claims.computeIfAbsent(key, _ -> new TreeMap<>());
  }

  /** Drops the old content's claims except those in {@code keep}. */
  private void unclaim(String file, ManifestFile old, Set<ObjectKey> keep) {
    for (ObjectKey key : old.objects().keySet()) {
      if (!keep.contains(key)) {
        claim(key).remove(file);
      }
    }
  }

  private void report(ObjectKey key, Consumer<ClusterEvent> events) {
    NavigableMap<String, Decoded> claimants = claim(key);
    if (claimants.isEmpty()) {
      claims.remove(key);
    }
    noteDuplicates(key, claimants);
    Optional<ClusterEvent> now =
        Optional.ofNullable(claimants.firstEntry()).flatMap(winner -> winner.getValue().applied());
    if (now.isPresent()) {
      if (!now.get().equals(reported.put(key, now.get()))) {
        events.accept(now.get());
      }
    } else if (reported.remove(key) != null) {
      events.accept(key.kind().removed(key.name()));
    }
  }

  private void noteDuplicates(ObjectKey key, NavigableMap<String, Decoded> claimants) {
    String object = key.kind().describe(key.name());
    if (claimants.size() < 2) {
      problems.clear(object);
    } else {
      String text =
          "is in the files %s; the one in %s counts"
              .formatted(String.join(", ", claimants.keySet()), claimants.firstKey());
      problems.report(object, List.of(new Problem(object, "", text)));
    }
  }
}
