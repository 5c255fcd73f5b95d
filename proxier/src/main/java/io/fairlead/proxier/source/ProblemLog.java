package io.fairlead.proxier.source;

import com.google.common.collect.ImmutableList;
import io.fairlead.proxier.source.decode.Problem;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The problems of the objects and files as they are now. Each is logged once, when it appears, and
 * not again while it lasts. Thread-safe.
 */
public final class ProblemLog {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemLog.class);

  private final Map<String, ImmutableList<Problem>> present = new ConcurrentHashMap<>();
  private final LongAdder total = new LongAdder();

  /** Takes these as all the problems that {@code subject}, an object or a file, has now. */
  public void report(String subject, List<Problem> problems) {
    if (problems.isEmpty()) {
      clear(subject);
      return;
    }
    List<Problem> known = present.getOrDefault(subject, ImmutableList.of());
    present.put(subject, ImmutableList.copyOf(problems));
    for (Problem problem : problems) {
      if (!known.contains(problem)) {
        total.increment();
        LOG.warn("{}", problem);
      }
    }
  }

  /** The subject has no problems any more, or is gone. */
  public void clear(String subject) {
    present.remove(subject);
  }

  /** How many problems have been seen since the start. */
  public long total() {
    return total.sum();
  }

  /** The problems at present, in no particular order. */
  public ImmutableList<Problem> present() {
    return present.values().stream().flatMap(List::stream).collect(ImmutableList.toImmutableList());
  }
}
