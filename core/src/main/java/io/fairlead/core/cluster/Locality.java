package io.fairlead.core.cluster;

import java.util.Optional;

/**
 * Where this proxy runs, for the rules that prefer near endpoints.
 *
 * @param nodeName the name that endpoints and hints call this node by
 * @param zone the Node's label {@code topology.kubernetes.io/zone}; empty until the Node is known
 */
public record Locality(String nodeName, Optional<String> zone) {}
