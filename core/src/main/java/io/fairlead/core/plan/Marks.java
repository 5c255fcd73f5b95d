package io.fairlead.core.plan;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/**
 * Which packet mark belongs to which port of which Service. A port keeps its mark as long as it
 * needs one; what an earlier run gave it, as read back from the kernel, it keeps too. Not
 * thread-safe.
 */
public final class Marks {
  private final MarkRange range;
  private final Map<ObjectName, ImmutableMap<PortName, Integer>> given = new HashMap<>();
  private final Set<Integer> taken = new HashSet<>();
  private final Map<Addressed, Integer> remembered = new HashMap<>();
  private final Set<Integer> reserved = new HashSet<>();
  private ImmutableSet<Integer> others = ImmutableSet.of();

  public Marks(MarkRange range) {
    this.range = range;
  }

  /** What the kernel's rules say: packets to this address and port get this mark. */
  public void remember(Addressed key, int mark) {
    remembered.put(key, mark);
    reserved.add(mark);
  }

  /** Takes note of the marks by which somebody else's virtual servers take packets. */
  public void avoid(Collection<Integer> marks) {
    others = ImmutableSet.copyOf(marks);
  }

  /**
   * Gives each of a Service's ports its mark, and takes back those of its other ports.
   *
   * @param ports those that need a mark, each with the addresses that it is reached on
   * @return one mark for each, but for those for which none is left
   */
  public ImmutableMap<PortName, Integer> assign(
      ObjectName service, Map<PortName, ? extends List<Addressed>> ports) {
    ImmutableMap<PortName, Integer> before = given.getOrDefault(service, ImmutableMap.of());
    if (ports.keySet().equals(before.keySet())) {
      return before;
    }
    before.forEach((port, mark) -> {
      if (!ports.containsKey(port)) {
        taken.remove(mark);
      }
    });
    var now = ImmutableMap.<PortName, Integer>builder();
    ports.forEach((port, keys) ->
        Optional.ofNullable(before.get(port))
            .or(() -> earlier(keys))
            .or(() -> free(service, port))
            .ifPresent(mark -> {
              taken.add(mark);
              now.put(port, mark);
            }));
    ImmutableMap<PortName, Integer> all = now.buildOrThrow();
    if (all.isEmpty()) {
      given.remove(service);
    } else {
      given.put(service, all);
    }
    return all;
  }

  private Optional<Integer> earlier(List<Addressed> keys) {
    return keys.stream()
        .flatMap(key -> Optional.ofNullable(remembered.get(key)).stream())
        .filter(this::isFree)
        .findFirst();
  }

  /**
   * Begins where the name says, so that marks mostly survive even the loss of all state. What an
   * earlier run gave a port is left for that port while there are others.
   */
  private Optional<Integer> free(ObjectName service, PortName port) {
    // Not the record's own hash, which differs from run to run: it contains an enum's.
    int hash = (service + ":" + port.name() + "/" + port.protocol()).hashCode();
    long start = Integer.toUnsignedLong(hash) % range.size();
    return Stream.<IntPredicate>of(mark -> isFree(mark) && !reserved.contains(mark), this::isFree)
        .flatMap(fits -> Stream.of(probe(start, range.size(), fits), probe(0, start, fits)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<Integer> probe(long from, long to, IntPredicate fits) {
    for (long offset = from; offset < to; offset++) {
      int mark = (int) (Integer.toUnsignedLong(range.first()) + offset);
      if (fits.test(mark)) {
        return Optional.of(mark);
      }
    }
    return Optional.empty();
  }

  private boolean isFree(int mark) {
    return range.contains(mark) && !taken.contains(mark) && !others.contains(mark);
  }
}
