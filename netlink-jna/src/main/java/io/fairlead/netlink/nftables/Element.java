package io.fairlead.netlink.nftables;

/**
 * An element of a set as it was read back.
 *
 * @param value what a map holds for the key; {@link Bytes#NONE} in a set
 * @param intervalEnd whether it is the first key after a range, in a set of intervals
 */
public record Element(Bytes key, Bytes value, boolean intervalEnd) {}
