package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.net.Cidr;
import java.time.Duration;

/**
 * What the reconciler must know of where it runs.
 *
 * @param nodeName the own Node's name; decides which endpoints are local
 * @param excludeCidrs virtual servers on these addresses that Fairlead did not make are never
 *     removed
 * @param podRangesFromNode whether the own Node's podCIDRs say which sources are its pods
 *     (detectLocalMode NodeCIDR); nothing is written before they are known
 * @param drainLimit how long a real server that is not wanted may keep connections; zero is for
 *     ever
 */
public record ReconcilerSettings(
    String nodeName,
    ImmutableList<Cidr> excludeCidrs,
    boolean podRangesFromNode,
    Duration drainLimit) {
  public ReconcilerSettings(String nodeName) {
    this(nodeName, ImmutableList.of(), false, Duration.ZERO);
  }
}
