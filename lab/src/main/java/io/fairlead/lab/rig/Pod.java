package io.fairlead.lab.rig;

/** A pod, routed to by its node. */
public record Pod(String name, Addresses addresses, Namespace namespace, Servers servers)
    implements Host {}
