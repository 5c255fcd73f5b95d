package io.fairlead.core.plan;

/**
 * By what right a Service uses an address. Where two Services want the same address, protocol and
 * port, the one declared first here wins: the API server hands out ClusterIPs, while anyone may
 * write an external address.
 */
public enum Exposure {
  /** Bound to kube-ipvs0 always. */
  CLUSTER_IP,
  /** An externalIP or a load balancer's address: bound unless a real interface has it. */
  EXTERNAL
}
