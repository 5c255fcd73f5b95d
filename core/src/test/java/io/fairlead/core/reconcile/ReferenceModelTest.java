package io.fairlead.core.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import org.junit.jupiter.api.Test;

/** Ten thousand random clusters: what is planned for each is what the specification says. */
class ReferenceModelTest {
  private static final int CLUSTERS = 10_000;

  @Test
  void aColdStartOnAnyClusterPutsIntoTheKernelWhatTheSpecificationSays() {
    int virtualServers = 0;
    for (long seed = 0; seed < CLUSTERS; seed++) {
      Life life = new Life(seed);
      grow(life);
      life.reconciler = life.started(ImmutableSet.of());
      assertEquals(ImmutableList.of(), life.sync(), life::where);
      life.assertConverged();
      virtualServers += life.reference().addressed.size();
    }
    assertTrue(virtualServers > 5 * CLUSTERS, virtualServers + " virtual servers");
  }

  private static void grow(Life life) {
    for (int events = 5 + life.random.nextInt(60); events > 0; events--) {
      var _ = life.cluster.next();
    }
    while (life.random.nextInt(3) != 0) {
      life.moveDeviceAddress();
    }
  }
}
