package io.fairlead.core.endpoints;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of one Service, merged from its slices.
 *
 * @param ports each list sorted by address and port, each address and port once
 * @param problems endpoints that cannot be used, and why
 */
public record ServiceEndpoints(
    ImmutableMap<PortKey, ImmutableList<PortEndpoint>> ports, ImmutableList<String> problems) {
  public static final ServiceEndpoints NONE =
      new ServiceEndpoints(ImmutableMap.of(), ImmutableList.of());

  /** What ties a Service's port to the slices' ports: not its number, which may differ. */
  public record PortKey(Family family, String name, Protocol protocol) {
    @Override
    public int hashCode() {
      return 31 * (31 * name.hashCode() + family.bits()) + protocol.number();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof PortKey it
          && family == it.family
          && protocol == it.protocol
          && name.equals(it.name);
    }
  }

  /** The endpoints behind one port; empty if it has none. */
  public ImmutableList<PortEndpoint> of(Family family, String portName, Protocol protocol) {
    return ports.getOrDefault(new PortKey(family, portName, protocol), ImmutableList.of());
  }

  /**
   * Merges slices. Where two of them list the same address and port, the later one counts unless it
   * is terminating: a pod's address may be used anew before the old pod's endpoint is gone, and an
   * endpoint that moves between slices is in both for a moment.
   */
  public static ServiceEndpoints merge(List<EndpointSlice> slices) {
    Map<PortKey, List<PortEndpoint>> listed = new LinkedHashMap<>();
    var problems = ImmutableList.<String>builder();
    for (EndpointSlice slice : slices) {
      List<EndpointSlice.Endpoint> usable = usable(slice, problems);
      for (EndpointSlice.Port port : slice.ports()) {
        // The API means "all ports" by a missing number; kube-proxy skips those, and so does this.
        if (port.port() >= 1 && port.port() <= 0xffff) {
          var key = new PortKey(slice.family(), port.name(), port.protocol());
          List<PortEndpoint> all = listed.computeIfAbsent(key, _ -> new ArrayList<>());
          usable.forEach(endpoint -> all.add(new PortEndpoint(endpoint, port.port())));
        }
      }
    }
    var ports = ImmutableMap.<PortKey, ImmutableList<PortEndpoint>>builder();
    listed.forEach((key, endpoints) -> {
      if (!endpoints.isEmpty()) {
        ports.put(key, eachOnce(endpoints));
      }
    });
    return new ServiceEndpoints(ports.buildOrThrow(), problems.build());
  }

  private static List<EndpointSlice.Endpoint> usable(
      EndpointSlice slice, ImmutableList.Builder<String> problems) {
    List<EndpointSlice.Endpoint> usable = new ArrayList<>(slice.endpoints().size());
    for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
      String flaw = flaw(slice, endpoint.address());
      if (flaw.isEmpty()) {
        usable.add(endpoint);
      } else {
        problems.add("EndpointSlice " + slice.name() + ": endpoint " + flaw + "; left out");
      }
    }
    return usable;
  }

  /** Sorted; of those that are one real server the right one. */
  private static ImmutableList<PortEndpoint> eachOnce(List<PortEndpoint> endpoints) {
    endpoints.sort(PortEndpoint.BY_ADDRESS); // a stable sort: the later one is behind
    var each = ImmutableList.<PortEndpoint>builderWithExpectedSize(endpoints.size());
    PortEndpoint counting = endpoints.getFirst();
    for (PortEndpoint next : endpoints) {
      if (PortEndpoint.BY_ADDRESS.compare(counting, next) != 0) {
        each.add(counting);
        counting = next;
      } else if (!next.endpoint().terminating()) {
        counting = next;
      }
    }
    return each.add(counting).build();
  }

  /** What the API server would refuse the address for; empty if nothing. */
  private static String flaw(EndpointSlice slice, IpAddress address) {
    if (address.family() != slice.family()) {
      return address + " is not of the slice's addressType " + slice.family().label();
    }
    return address.unfitness().map(what -> address + " is " + what).orElse("");
  }
}
