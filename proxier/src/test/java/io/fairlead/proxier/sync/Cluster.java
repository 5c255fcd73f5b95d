package io.fairlead.proxier.sync;

import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.TestObjects;
import io.fairlead.core.cluster.TestObjects.ServiceDraft;
import io.fairlead.core.net.Protocol;
import java.util.List;
import java.util.stream.Stream;

/** The events that a small cluster is made of. */
final class Cluster {
  static final ClusterEvent SERVICES_LISTED = new ClusterEvent.Listed(ClusterEvent.Kind.SERVICES);
  static final ClusterEvent SLICES_LISTED =
      new ClusterEvent.Listed(ClusterEvent.Kind.ENDPOINT_SLICES);
  static final ClusterEvent NODES_LISTED = new ClusterEvent.Listed(ClusterEvent.Kind.NODES);

  private Cluster() {}

  /** A Service with one port, TCP 80. */
  static ClusterEvent service(String name, String clusterIp, String... externalIps) {
    return new ClusterEvent.ServiceApplied(
        ServiceDraft.service(name, clusterIp, TestObjects.tcp("http", 80))
            .externalIps(externalIps)
            .service());
  }

  /** A Service with one port, TCP 80, and a node port. */
  static ClusterEvent nodePortService(String name, String clusterIp, int nodePort) {
    return new ClusterEvent.ServiceApplied(
        ServiceDraft.service(name, clusterIp, new Service.Port("http", Protocol.TCP, 80, nodePort))
            .type(Service.Type.NODE_PORT)
            .service());
  }

  static ClusterEvent noService(String name) {
    return new ClusterEvent.ServiceRemoved(TestObjects.name(name));
  }

  /** The Service's only slice: ready endpoints on another node, port 8080. */
  static ClusterEvent endpoints(String service, String... addresses) {
    return new ClusterEvent.SliceApplied(
        TestObjects.slice(
            service + "-1",
            service,
            List.of(TestObjects.slicePort("http", Protocol.TCP, 8080)),
            Stream.of(addresses).map(address -> address + " remote ready").toArray(String[]::new)));
  }
}
