package io.fairlead.proxier.sync;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.reconcile.Reconciler;
import java.time.Duration;

/** Several observers as one; they are told in their order. */
public record SyncObservers(ImmutableList<SyncObserver> each) implements SyncObserver {
  @Override
  public void queued() {
    each.forEach(SyncObserver::queued);
  }

  @Override
  public void passed(Pass pass, Reconciler reconciler) {
    each.forEach(observer -> observer.passed(pass, reconciler));
  }

  @Override
  public void waiting(Duration sinceStart) {
    each.forEach(observer -> observer.waiting(sinceStart));
  }

  @Override
  public void started() {
    each.forEach(SyncObserver::started);
  }

  @Override
  public void unreadable(DataplaneException cause) {
    each.forEach(observer -> observer.unreadable(cause));
  }
}
