package io.fairlead.core.endpoints;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

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
  public record PortKey(Family family, String name, Protocol protocol) {}

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
    Map<PortKey, NavigableSet<PortEndpoint>> merged = new LinkedHashMap<>();
    var problems = ImmutableList.<String>builder();
    for (EndpointSlice slice : slices) {
      for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
        String flaw = flaw(slice, endpoint.address());
        if (flaw.isEmpty()) {
          slice.ports().forEach(port -> add(merged, slice.family(), port, endpoint));
        } else {
          problems.add("EndpointSlice " + slice.name() + ": endpoint " + flaw + "; left out");
        }
      }
    }
    var ports = ImmutableMap.<PortKey, ImmutableList<PortEndpoint>>builder();
    merged.forEach((key, endpoints) -> ports.put(key, ImmutableList.copyOf(endpoints)));
    return new ServiceEndpoints(ports.buildOrThrow(), problems.build());
  }

  private static void add(
      Map<PortKey, NavigableSet<PortEndpoint>> merged,
      Family family,
      EndpointSlice.Port port,
      EndpointSlice.Endpoint endpoint) {
    // The API means "all ports" by a missing number; kube-proxy skips those, and so does this.
    if (port.port() < 1 || port.port() > 0xffff) {
      return;
    }
    var key = new PortKey(family, port.name(), port.protocol());
    var candidate = new PortEndpoint(endpoint, port.port());
    NavigableSet<PortEndpoint> known =
        merged.computeIfAbsent(key, _ -> new TreeSet<>(PortEndpoint.BY_ADDRESS));
    if (!endpoint.terminating()) {
      known.remove(candidate);
    }
    known.add(candidate);
  }

  /** What the API server would refuse the address for; empty if nothing. */
  private static String flaw(EndpointSlice slice, IpAddress address) {
    if (address.family() != slice.family()) {
      return address + " is not of the slice's addressType " + slice.family().label();
    }
    return address.unfitness().map(what -> address + " is " + what).orElse("");
  }
}
