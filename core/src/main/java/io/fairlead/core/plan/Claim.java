package io.fairlead.core.plan;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ObjectName;
import java.util.Comparator;
import java.util.stream.Stream;

/** One Service's wish for a virtual server key. */
record Claim(ObjectName service, Frontend frontend) {
  /** The best right first; it does not depend on who came first, so every node agrees. */
  private static final Comparator<Claim> ORDER =
      Comparator.comparing(Claim::exposure).thenComparing(Claim::service);

  Exposure exposure() {
    return frontend.exposure();
  }

  /** These claims and {@code added}, in order. */
  static ImmutableList<Claim> with(ImmutableList<Claim> claims, Claim added) {
    return ImmutableList.sortedCopyOf(
        ORDER, Stream.concat(claims.stream(), Stream.of(added)).toList());
  }

  /** These claims without that of {@code service}. */
  static ImmutableList<Claim> without(ImmutableList<Claim> claims, ObjectName service) {
    return claims.stream()
        .filter(claim -> !claim.service.equals(service))
        .collect(ImmutableList.toImmutableList());
  }
}
