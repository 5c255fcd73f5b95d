package io.fairlead.lab.cluster;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Whether each client stays with its pod for as long as that is there. Thread-safe. */
final class Affinity implements User.Witness {
  private final Predicate<String> isLeaving;
  private final Map<InetAddress, String> pods = new HashMap<>();
  private final List<String> broken = new ArrayList<>();

  /**
   * @param isLeaving whether a pod is terminating, so that its clients must go elsewhere
   */
  Affinity(Predicate<String> isLeaving) {
    this.isLeaving = isLeaving;
  }

  /** An address must be one user's alone: only then is the order of answers that of requests. */
  @Override
  public synchronized void answered(InetAddress from, String pod) {
    String before = pods.getOrDefault(from, pod);
    if (!before.equals(pod) && !isLeaving.test(before)) {
      broken.add(from + " went from " + before + " to " + pod);
    }
    pods.put(from, pod);
  }

  /** Who went to another pod without need. */
  synchronized List<String> broken() {
    return List.copyOf(broken);
  }
}
