package io.fairlead.proxier.source.decode;

/**
 * The metadata of a list.
 *
 * @param list false if it was a single object after all: it has no {@code items}
 * @param resourceVersion where a watch may begin once the last page is in
 * @param continueToken asks for the next page; empty on the last one
 */
public record ListHeader(boolean list, String resourceVersion, String continueToken) {}
