package io.fairlead.bench.code;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.KernelState;

/** Nothing there yet. */
final class Emptiness {
  /** A kernel with the device and the table, and nothing in them. */
  static final KernelState KERNEL =
      new KernelState(
          true, ImmutableSet.of(), ImmutableSet.of(), ImmutableMap.of(), true, ImmutableSet.of());

  private Emptiness() {}
}
