package io.fairlead.ipvs;

import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.Family;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Holds a listing against what is believed, and keeps the virtual servers whose real servers do not
 * look as believed. Those that nobody believes in are not its business.
 */
final class Sieve implements ListingVisitor {
  private final Map<VirtualServerKey, VirtualServer> believed;
  private final Set<VirtualServerKey> suspects;
  private final Map<Integer, Print> marks = new HashMap<>();
  private final Print wanted = new Print();
  private final Print seen = new Print();
  private final Print nobodys = new Print();
  private Print current = nobodys;
  private Optional<VirtualServerKey.Addressed> open = Optional.empty();

  Sieve(Map<VirtualServerKey, VirtualServer> believed) {
    this.believed = believed;
    this.suspects = new HashSet<>(believed.keySet()); // those that it does not meet stay
  }

  Set<VirtualServerKey> suspects() {
    return suspects;
  }

  @Override
  public void addressed(VirtualServerKey.Addressed next) {
    close();
    open = Optional.of(next);
    seen.clear();
    current = seen;
  }

  @Override
  public void marked(int mark) {
    close();
    current = marks.computeIfAbsent(mark, _ -> new Print());
  }

  @Override
  public void foreign() {
    close();
    current = nobodys;
  }

  @Override
  public void realServer(Family family, long hi, long lo, int port, int forwarding, int weight) {
    current.add(family, hi, lo, port, forwarding, weight);
  }

  @Override
  public void end() {
    close();
    marks.forEach(this::compare);
  }

  /** All real servers of the virtual server that began last were met. */
  private void close() {
    open.ifPresent(key -> {
      VirtualServer server = believed.get(key);
      if (server != null) {
        wanted.clear();
        wanted.add(server);
        if (wanted.isLike(seen)) {
          suspects.remove(key);
        }
      }
    });
    open = Optional.empty();
  }

  /** One mark may be two virtual servers, one of each family: both look right, or neither. */
  private void compare(int mark, Print listed) {
    List<VirtualServerKey> keys =
        Stream.of(Family.values())
            .<VirtualServerKey>map(family -> new VirtualServerKey.Marked(mark, family))
            .toList();
    Print both = new Print();
    keys.stream().map(believed::get).filter(Objects::nonNull).forEach(both::add);
    if (both.isLike(listed)) {
      keys.forEach(suspects::remove);
    }
  }
}
