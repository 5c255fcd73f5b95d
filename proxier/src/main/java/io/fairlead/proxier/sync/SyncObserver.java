package io.fairlead.proxier.sync;

import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.reconcile.Reconciler;
import java.time.Duration;

/**
 * Is told what the loop does, on the loop's thread: metrics, health and logs. Must not block. What
 * does not concern an observer it leaves out.
 */
public interface SyncObserver {
  /** Work has come in that is not done yet. */
  default void queued() {}

  /** A pass is over. {@code reconciler} may be asked for names and counts during the call. */
  default void passed(Pass pass, Reconciler reconciler) {}

  /** Nothing is programmed yet, for the sources have not listed all that it takes. */
  default void waiting(Duration sinceStart) {}

  /** The first pass is over, and nothing that it needed is needed any more. */
  default void started() {}

  /** The kernel could not be read; what is in it stays, and reading is tried again. */
  default void unreadable(DataplaneException cause) {}
}
