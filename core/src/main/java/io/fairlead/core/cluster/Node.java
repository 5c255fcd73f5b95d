package io.fairlead.core.cluster;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.IpAddress;
import java.util.Optional;

/**
 * The Node that this process runs on.
 *
 * @param zone the label {@code topology.kubernetes.io/zone}
 * @param addresses InternalIP and ExternalIP, in the order of the Node's status
 * @param eligible false while it is being deleted or carries the cluster autoscaler's taint, so
 *     that load balancers should send it nothing new
 */
public record Node(
    String name,
    Optional<String> zone,
    ImmutableList<IpAddress> addresses,
    ImmutableList<Cidr> podCidrs,
    boolean eligible) {}
