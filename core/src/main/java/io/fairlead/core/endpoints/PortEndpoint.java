package io.fairlead.core.endpoints;

import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.net.IpAddress;
import java.util.Comparator;

/**
 * An endpoint as it serves one port of a Service.
 *
 * @param port the port that the pod listens on
 */
public record PortEndpoint(EndpointSlice.Endpoint endpoint, int port) {
  /** By address, then port; endpoints that are equal in this order are one real server. */
  public static final Comparator<PortEndpoint> BY_ADDRESS =
      (a, b) -> {
        int byAddress = a.address().compareTo(b.address());
        return byAddress != 0 ? byAddress : Integer.compare(a.port, b.port);
      };

  public IpAddress address() {
    return endpoint.address();
  }

  public boolean isReady() {
    return endpoint.ready();
  }

  /** Shutting down, but still able to answer: used when nothing is ready (KEP-1669). */
  public boolean isServingWhileTerminating() {
    return endpoint.serving() && endpoint.terminating();
  }

  public boolean isOn(String nodeName) {
    return endpoint.nodeName().filter(nodeName::equals).isPresent();
  }
}
