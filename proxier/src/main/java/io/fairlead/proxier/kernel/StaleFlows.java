package io.fairlead.proxier.kernel;

import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change.ForgetFlows;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.netlink.NetAddress;
import io.fairlead.netlink.conntrack.Connection;
import io.fairlead.netlink.conntrack.ConnectionFilter;
import io.fairlead.netlink.conntrack.FlowTuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which tracked flows lead to real servers that their port no longer has. A flow from before there
 * was a virtual server leads to the VIP itself, and is stale as well.
 *
 * <p>Ports are told apart by address, protocol and number: kube-proxy goes by the address alone,
 * where several ports overwrite each other, and node ports by the number alone, which is anybody's.
 */
final class StaleFlows {
  // The kernel passes over all of its entries in each dump, but hands out only what is asked for.
  private static final int FEW = 4;

  private final Map<Addressed, ForgetFlows> byPort = new HashMap<>();

  StaleFlows(List<ForgetFlows> changes) {
    changes.forEach(change -> byPort.put(change.key(), change));
  }

  /** What to list so that no stale flow is missed: by address, or everything if those are many. */
  ImmutableSet<ConnectionFilter> filters() {
    record Part(Family family, Protocol protocol) {}
    return byPort.keySet().stream()
        .collect(
            Collectors.groupingBy(
                port -> new Part(port.family(), port.protocol()),
                Collectors.mapping(Addressed::address, Collectors.toSet())))
        .entrySet()
        .stream()
        .flatMap(part -> filters(part.getKey().family(), part.getKey().protocol(), part.getValue()))
        .collect(ImmutableSet.toImmutableSet());
  }

  /** The change by which this connection has to go; empty if it may stay. */
  Optional<ForgetFlows> verdict(Connection connection) {
    FlowTuple sent = connection.original();
    FlowTuple answered = connection.reply();
    return Protocol.ofNumber(sent.protocol())
        .map(protocol ->
            new Addressed(address(sent.destination()), sent.destinationPort(), protocol))
        .flatMap(port -> Optional.ofNullable(byPort.get(port)))
        .filter(change ->
            !change
                .keep()
                .contains(new RealServer(address(answered.source()), answered.sourcePort())));
  }

  private static Stream<ConnectionFilter> filters(
      Family family, Protocol protocol, Set<IpAddress> addresses) {
    ConnectionFilter all = ConnectionFilter.ALL.withProtocol(protocol.number());
    return addresses.size() > FEW
        ? Stream.of(all.withFamily(NetAddress.family(family.bits())))
        : addresses.stream()
            .map(address -> all.to(new NetAddress(family.bits(), address.hi(), address.lo())));
  }

  private static IpAddress address(NetAddress address) {
    return address.bits() == 32
        ? IpAddress.v4((int) address.lo())
        : IpAddress.v6(address.hi(), address.lo());
  }
}
