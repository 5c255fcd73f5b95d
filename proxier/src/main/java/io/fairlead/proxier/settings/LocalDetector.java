package io.fairlead.proxier.settings;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;

/**
 * How packets of pods are told from all others: kube-proxy's {@code detectLocalMode}. Whoever is no
 * pod is an outsider, the node itself too.
 */
public sealed interface LocalDetector {
  /** The families in which pods can be told from outsiders. */
  default ImmutableSet<Family> podsKnown() {
    return switch (this) {
      case ClusterCidrs(ImmutableList<Cidr> cidrs) ->
          cidrs.stream()
              .filter(cidr -> cidr.prefix() > 0) // nothing is outside of /0
              .map(Cidr::family)
              .collect(Sets.toImmutableEnumSet());
      case NodeCidr(), BridgeInterface(String _), InterfacePrefix(String _) ->
          Sets.immutableEnumSet(Family.IPV4, Family.IPV6);
      case None() -> ImmutableSet.of();
    };
  }

  /**
   * Pods have their addresses here, those of other nodes as well.
   *
   * @param cidrs at most one of each family
   */
  record ClusterCidrs(ImmutableList<Cidr> cidrs) implements LocalDetector {}

  /** This node's pods have their addresses in its Node object's podCIDRs. */
  record NodeCidr() implements LocalDetector {}

  /** This node's pods send through this bridge. */
  record BridgeInterface(String name) implements LocalDetector {}

  /** This node's pods send through interfaces whose names begin so. */
  record InterfacePrefix(String prefix) implements LocalDetector {}

  /** Pods look like everybody else. */
  record None() implements LocalDetector {}
}
