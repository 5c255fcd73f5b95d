package io.fairlead.ipvs;

import io.fairlead.core.dataplane.Connections;
import io.fairlead.core.dataplane.RealServerOptions;

/** A real server's settings beside what it is doing. */
public record RealServerStatus(
    RealServerOptions options, Connections connections, Statistics statistics) {}
