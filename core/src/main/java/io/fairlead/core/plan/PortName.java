package io.fairlead.core.plan;

import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.Protocol;

/** What tells a Service's ports apart, whatever their numbers. */
public record PortName(String name, Protocol protocol) {
  static PortName of(Service.Port port) {
    return new PortName(port.name(), port.protocol());
  }
}
