package io.fairlead.core.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Who may use a load balancer's address: {@code loadBalancerSourceRanges}.
 *
 * @param ranges by family, none within another; a family without any is open to all
 * @param openToNode the families in which one of the node's own addresses may: the node is seen
 *     with the VIP itself as source, so that stands for it
 */
record SourceRanges(ImmutableListMultimap<Family, Cidr> ranges, ImmutableSet<Family> openToNode) {
  private static final SourceRanges NONE =
      new SourceRanges(ImmutableListMultimap.of(), ImmutableSet.of());

  static SourceRanges of(List<Cidr> given, List<IpAddress> ownAddresses) {
    if (given.isEmpty()) {
      return NONE;
    }
    var ranges = ImmutableListMultimap.<Family, Cidr>builder();
    outermost(given).forEach(range -> ranges.put(range.family(), range));
    return new SourceRanges(
        ranges.build(),
        ownAddresses.stream()
            .filter(address -> given.stream().anyMatch(range -> range.contains(address)))
            .map(IpAddress::family)
            .collect(ImmutableSet.toImmutableSet()));
  }

  /** The set elements by which only those sources reach the port; none if everybody may. */
  ImmutableList<SetElement> elements(Addressed key) {
    List<Cidr> may = new ArrayList<>(ranges.get(key.family()));
    if (may.isEmpty()) {
      return ImmutableList.of();
    }
    if (openToNode.contains(key.family())) {
      may.add(new Cidr(key.address(), key.family().bits()));
    }
    var elements = ImmutableList.<SetElement>builder();
    elements.add(
        new ServicePort(ServicePort.Set.LIMITED, key.address(), key.protocol(), key.port()));
    outermost(may).stream()
        .map(range -> new SetElement.Allowed(key.address(), key.protocol(), key.port(), range))
        .forEach(elements::add);
    return elements.build();
  }

  /** The kernel refuses ranges that overlap, and of two CIDRs that do, one is within the other. */
  private static ImmutableList<Cidr> outermost(List<Cidr> ranges) {
    List<Cidr> kept = new ArrayList<>();
    ranges.stream()
        .sorted(Comparator.comparingInt(Cidr::prefix))
        .filter(range -> kept.stream().noneMatch(outer -> outer.contains(range.base())))
        .forEach(kept::add);
    return ImmutableList.sortedCopyOf(kept);
  }
}
