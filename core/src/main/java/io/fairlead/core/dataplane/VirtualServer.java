package io.fairlead.core.dataplane;

import com.google.common.collect.ImmutableSortedMap;

/** A virtual server and its real servers: identity, settings, no statistics. */
public record VirtualServer(
    VirtualServerKey key,
    VirtualServerOptions options,
    ImmutableSortedMap<RealServer, RealServerOptions> realServers) {}
