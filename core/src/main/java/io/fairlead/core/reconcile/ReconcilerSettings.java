package io.fairlead.core.reconcile;

/**
 * What the reconciler must know of where it runs.
 *
 * @param nodeName the own Node's name; decides which endpoints are local
 */
public record ReconcilerSettings(String nodeName) {}
