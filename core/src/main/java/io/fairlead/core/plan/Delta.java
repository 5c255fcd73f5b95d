package io.fairlead.core.plan;

import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What of a {@link DesiredState} a step changed: exactly that, and nothing that came out equal. */
public record Delta(
    ImmutableSet<VirtualServerKey> virtualServers,
    ImmutableSet<IpAddress> addresses,
    ImmutableSet<SetElement> elements) {

  public boolean isEmpty() {
    return virtualServers.isEmpty() && addresses.isEmpty() && elements.isEmpty();
  }

  /** Remembers what each thing was before it was first touched, to tell at the end what differs. */
  static final class Recorder {
    private final Map<VirtualServerKey, Optional<Frontend>> frontends = new LinkedHashMap<>();
    private final Map<IpAddress, Boolean> addresses = new LinkedHashMap<>();
    private final Map<SetElement, Boolean> elements = new LinkedHashMap<>();

    void before(VirtualServerKey key, Optional<Frontend> frontend) {
      frontends.putIfAbsent(key, frontend);
    }

    void before(IpAddress address, boolean bound) {
      addresses.putIfAbsent(address, bound);
    }

    void before(SetElement element, boolean wanted) {
      elements.putIfAbsent(element, wanted);
    }

    Delta finish(DesiredState now) {
      return new Delta(
          changed(frontends, key -> now.frontend(key)),
          changed(addresses, now::binds),
          changed(elements, now::wants));
    }

    private static <K, V> ImmutableSet<K> changed(Map<K, V> before, Function<K, V> now) {
      var changed = ImmutableSet.<K>builder();
      before.forEach((key, was) -> {
        if (!was.equals(now.apply(key))) {
          changed.add(key);
        }
      });
      return changed.build();
    }
  }
}
