package io.fairlead.proxier.source.decode;

/**
 * The metadata of a list.
 *
 * @param resourceVersion where a watch may begin once the last page is in
 * @param continueToken asks for the next page; empty on the last one
 */
public record ListHeader(String resourceVersion, String continueToken) {}
