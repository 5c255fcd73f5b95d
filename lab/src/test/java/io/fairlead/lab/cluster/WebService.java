package io.fairlead.lab.cluster;

import io.fairlead.core.net.IpAddress;
import io.fairlead.lab.rig.ApiObject;
import io.fairlead.lab.rig.ApiObject.Collection;
import java.util.List;

/**
 * A Service on TCP port 80.
 *
 * @param affinitySeconds how long a client stays with a pod (ClientIP); 0 for no affinity
 */
record WebService(
    String name, IpAddress clusterIp, IpAddress externalIp, String scheduler, int affinitySeconds) {
  static final int PORT = 80;
  static final int TARGET_PORT = 8080;

  ApiObject object() {
    return new ApiObject(
        Collection.SERVICES,
        "default",
        name,
        """
        "annotations":{"fairlead.io/scheduler":"%s"}\
        """
            .formatted(scheduler),
        """
        "spec":{"type":"ClusterIP","clusterIP":"%s","clusterIPs":["%s"],"externalIPs":["%s"],%s,\
        "ports":[{"name":"http","protocol":"TCP","port":%d,"targetPort":%d}]}\
        """
            .formatted(clusterIp, clusterIp, externalIp, affinity(), PORT, TARGET_PORT));
  }

  private String affinity() {
    return affinitySeconds == 0
        ? """
        "sessionAffinity":"None\"\
        """
        : """
        "sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":%d}}\
        """
            .formatted(affinitySeconds);
  }

  /** Its only EndpointSlice. */
  ApiObject slice(List<String> endpoints) {
    return new ApiObject(
        Collection.ENDPOINT_SLICES,
        "default",
        name + "-1",
        """
        "labels":{"kubernetes.io/service-name":"%s"}\
        """
            .formatted(name),
        """
        "addressType":"IPv4","ports":[{"name":"http","protocol":"TCP","port":%d}],\
        "endpoints":[%s]\
        """
            .formatted(TARGET_PORT, String.join(",", endpoints)));
  }

  /** How ipvsadm -Sn begins what it says of the ClusterIP, and of its real servers. */
  String virtualServer() {
    return "-A -t " + clusterIp + ":" + PORT + " -s " + scheduler;
  }

  String realServers() {
    return "-a -t " + clusterIp + ":" + PORT + " ";
  }
}
