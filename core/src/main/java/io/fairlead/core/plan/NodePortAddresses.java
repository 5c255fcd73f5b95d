package io.fairlead.core.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import java.util.List;
import java.util.Set;

/**
 * Which of the node's addresses serve node ports: {@code nodePortAddresses}. An address is one of
 * these if any choice admits it. A family that no choice is about has all its addresses, as in
 * kube-proxy.
 *
 * @param choices empty means all
 */
public record NodePortAddresses(ImmutableList<Choice> choices) {
  public static final NodePortAddresses ALL = new NodePortAddresses(ImmutableList.of());

  /** One entry of the list. */
  public sealed interface Choice {
    /** {@code all}: every address. */
    record All() implements Choice {}

    /** {@code primary}: the addresses that the Node object gives as its own, one a family. */
    record Primary() implements Choice {}

    /** {@code localhost}: admits nothing, since IPVS cannot serve loopback addresses. */
    record Localhost() implements Choice {}

    /** The addresses within a range. */
    record Range(Cidr cidr) implements Choice {}
  }

  /**
   * The addresses that serve node ports.
   *
   * @param held what the node's devices hold: no loopback or link-local address, none of kube-ipvs0
   * @param own the Node object's addresses, in its order
   */
  public ImmutableSortedSet<IpAddress> of(Set<IpAddress> held, List<IpAddress> own) {
    ImmutableSet<IpAddress> primary = primary(own);
    return held.stream()
        .filter(address -> admits(address, primary))
        .collect(ImmutableSortedSet.toImmutableSortedSet(IpAddress::compareTo));
  }

  private boolean admits(IpAddress address, Set<IpAddress> primary) {
    List<Choice> about =
        choices.stream().filter(choice -> isAbout(choice, address.family())).toList();
    return about.isEmpty() || about.stream().anyMatch(choice -> admits(choice, address, primary));
  }

  private static boolean isAbout(Choice choice, Family family) {
    return !(choice instanceof Choice.Range(Cidr cidr)) || cidr.family() == family;
  }

  private static boolean admits(Choice choice, IpAddress address, Set<IpAddress> primary) {
    return switch (choice) {
      case Choice.All() -> true;
      case Choice.Primary() -> primary.contains(address);
      case Choice.Localhost() -> false;
      case Choice.Range(Cidr cidr) -> cidr.contains(address);
    };
  }

  private static ImmutableSet<IpAddress> primary(List<IpAddress> own) {
    var primary = ImmutableSet.<IpAddress>builder();
    for (Family family : Family.values()) {
      own.stream().filter(it -> it.family() == family).findFirst().ifPresent(primary::add);
    }
    return primary.build();
  }
}
