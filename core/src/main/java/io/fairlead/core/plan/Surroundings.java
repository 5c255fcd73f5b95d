package io.fairlead.core.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedSet;
import io.fairlead.core.cluster.Locality;
import io.fairlead.core.net.IpAddress;

/**
 * What a plan depends on besides the Service and its endpoints.
 *
 * @param ownAddresses of the own Node object, in its order
 * @param nodePortAddresses where node ports are served
 * @param otherNodes the addresses of the cluster's other Nodes, each with its Node's name
 */
public record Surroundings(
    Locality here,
    ImmutableList<IpAddress> ownAddresses,
    ImmutableSortedSet<IpAddress> nodePortAddresses,
    ImmutableMap<IpAddress, String> otherNodes) {

  /** A node of which only the name and zone are known. */
  public static Surroundings of(Locality here) {
    return new Surroundings(here, ImmutableList.of(), ImmutableSortedSet.of(), ImmutableMap.of());
  }
}
