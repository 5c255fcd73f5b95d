package io.fairlead.core.plan;

import io.fairlead.core.cluster.ObjectName;

/**
 * What an external load balancer asks this node about a Service: {@code healthCheckNodePort}.
 *
 * @param port where it asks
 * @param localEndpoints how many ready endpoints of the Service are on this node; a pod with an
 *     address of each family counts once
 */
public record HealthCheck(ObjectName service, int port, int localEndpoints) {}
