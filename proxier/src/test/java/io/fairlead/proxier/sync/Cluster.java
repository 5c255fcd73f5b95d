package io.fairlead.proxier.sync;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.Optional;
import java.util.stream.Stream;

/** Small objects of a cluster, and the events that report them. */
final class Cluster {
  static final ClusterEvent SERVICES_LISTED =
      new ClusterEvent.Listed(ClusterEvent.Kind.SERVICES);
  static final ClusterEvent SLICES_LISTED =
      new ClusterEvent.Listed(ClusterEvent.Kind.ENDPOINT_SLICES);

  private Cluster() {}

  /** A Service with one port, TCP 80. */
  static ClusterEvent service(String name, String clusterIp, String... externalIps) {
    return new ClusterEvent.ServiceApplied(
        new Service(
            new ObjectName("default", name),
            Service.Type.CLUSTER_IP,
            addresses(clusterIp),
            ImmutableList.of(new Service.Port("http", Protocol.TCP, 80, 0)),
            addresses(externalIps),
            ImmutableList.of(),
            ImmutableList.of(),
            new Service.Affinity.None(),
            Service.TrafficPolicy.CLUSTER,
            Service.TrafficPolicy.CLUSTER,
            0,
            ImmutableMap.of()));
  }

  static ClusterEvent noService(String name) {
    return new ClusterEvent.ServiceRemoved(new ObjectName("default", name));
  }

  /** The Service's only slice: ready endpoints on another node, port 8080. */
  static ClusterEvent endpoints(String service, String... addresses) {
    return new ClusterEvent.SliceApplied(
        new EndpointSlice(
            new ObjectName("default", service + "-1"),
            new ObjectName("default", service),
            Family.IPV4,
            ImmutableList.of(new EndpointSlice.Port("http", Protocol.TCP, 8080)),
            addresses(addresses).stream()
                .map(Cluster::ready)
                .collect(ImmutableList.toImmutableList())));
  }

  private static EndpointSlice.Endpoint ready(IpAddress address) {
    return new EndpointSlice.Endpoint(
        address,
        Optional.of("elsewhere"),
        true,
        true,
        false,
        ImmutableSet.of(),
        ImmutableSet.of());
  }

  private static ImmutableList<IpAddress> addresses(String... addresses) {
    return Stream.of(addresses).map(IpAddress::parse).collect(ImmutableList.toImmutableList());
  }
}
