package io.fairlead.core.dataplane;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Comparison.Delta;
import io.fairlead.core.net.IpAddress;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where the kernel is not as it was believed to be: what an audit finds. If it is, this is as good
 * as empty, however much the kernel holds.
 *
 * @param device whether kube-ipvs0 exists
 * @param boundAddresses those on kube-ipvs0
 * @param nodeAddresses all addresses on every other interface, as {@link
 *     KernelState#nodeAddresses} has them
 * @param virtualServers those that differ, as they are; empty if they are not there
 * @param filterIntact whether our nf_tables table exists with exactly our chains, rules and sets
 * @param filterVersion by what the dataplane will know again what was read of the packet filter
 * @param elements those in our sets
 */
public record Drift(
    boolean device,
    Delta<IpAddress> boundAddresses,
    ImmutableSet<IpAddress> nodeAddresses,
    ImmutableMap<VirtualServerKey, Optional<VirtualServer>> virtualServers,
    boolean filterIntact,
    OptionalInt filterVersion,
    Delta<SetElement> elements) {

  /** What differs if everything was read. */
  public static Drift between(KernelView believed, KernelState held) {
    return new Drift(
        held.device(),
        Delta.between(believed.boundAddresses(), held.boundAddresses()),
        held.nodeAddresses(),
        differences(believed.virtualServers(), held.virtualServers()),
        held.filterIntact(),
        OptionalInt.empty(),
        Delta.between(believed.elements(), held.elements()));
  }

  /** The virtual servers that differ, if all were read. */
  public static ImmutableMap<VirtualServerKey, Optional<VirtualServer>> differences(
      Map<VirtualServerKey, VirtualServer> believed, Map<VirtualServerKey, VirtualServer> held) {
    var differing = ImmutableMap.<VirtualServerKey, Optional<VirtualServer>>builder();
    held.forEach((key, server) -> {
      if (!server.equals(believed.get(key))) {
        differing.put(key, Optional.of(server));
      }
    });
    believed.keySet().stream()
        .filter(key -> !held.containsKey(key))
        .forEach(key -> differing.put(key, Optional.empty()));
    return differing.buildOrThrow();
  }
}
