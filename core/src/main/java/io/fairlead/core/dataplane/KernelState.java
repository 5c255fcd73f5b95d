package io.fairlead.core.dataplane;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.net.IpAddress;

/**
 * What the kernel holds, read back. Everything is listed, others' objects too: whose they are is
 * for the reader to decide.
 *
 * @param device whether kube-ipvs0 exists
 * @param boundAddresses the addresses on kube-ipvs0
 * @param nodeAddresses the addresses on every other interface, loopback and link-local ones left
 *     out
 * @param filterIntact whether our nf_tables table exists with exactly our chains, rules and sets
 * @param elements what our sets hold
 */
public record KernelState(
    boolean device,
    ImmutableSet<IpAddress> boundAddresses,
    ImmutableSet<IpAddress> nodeAddresses,
    ImmutableMap<VirtualServerKey, VirtualServer> virtualServers,
    boolean filterIntact,
    ImmutableSet<SetElement> elements)
    implements KernelView {}
