package io.fairlead.proxier;

import io.fairlead.proxier.sync.SyncObserver;

/**
 * Has what the start needed and nothing needs any more collected once, when all is in the kernel:
 * the list of its changes alone is as big as what stays. Left to itself the JVM would keep the
 * memory for as long as a heap of that size lasts, which may be for ever.
 */
final class StartLitter implements SyncObserver {
  @Override
  public void started() {
    System.gc();
  }
}
