package io.fairlead.core.plan;

import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServer;

/**
 * One way into a Service: a virtual server, and what the packet filter must know about it. Both
 * stand or fall together when another Service claims the same key.
 */
public record Frontend(
    Exposure exposure, VirtualServer virtualServer, ImmutableSet<SetElement> elements) {}
