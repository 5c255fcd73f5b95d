package io.fairlead.core.dataplane;

import com.google.common.collect.ImmutableSortedMap;
import org.jspecify.annotations.Nullable;

/** A virtual server and its real servers: identity, settings, no statistics. */
public record VirtualServer(
    VirtualServerKey key,
    VirtualServerOptions options,
    ImmutableSortedMap<RealServer, RealServerOptions> realServers) {
  @Override
  public int hashCode() {
    return 31 * key.hashCode() + options.hashCode();
  }

  /** By a walk along both lists: the maps would search for each real server. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof VirtualServer it
            && key.equals(it.key)
            && options.equals(it.options)
            && realServers.keySet().asList().equals(it.realServers.keySet().asList())
            && realServers.values().asList().equals(it.realServers.values().asList()));
  }
}
