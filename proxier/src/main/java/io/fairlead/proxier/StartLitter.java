package io.fairlead.proxier;

import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.proxier.sync.Pass;
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

  @Override
  public void queued() {}

  @Override
  public void passed(Pass pass, Reconciler reconciler) {}

  @Override
  public void unreadable(DataplaneException cause) {}
}
