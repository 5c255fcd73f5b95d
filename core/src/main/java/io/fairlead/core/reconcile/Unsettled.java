package io.fairlead.core.reconcile;

import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Comparison.Delta;
import io.fairlead.core.dataplane.Drift;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.plan.DesiredState;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Where the kernel may not be as it should although no event says so: what read-backs found to
 * differ from belief, and what the kernel refused. The next audit looks there; everywhere else,
 * wanted and believed were compared when one of them changed.
 */
final class Unsettled {
  private final Set<VirtualServerKey> keys = new HashSet<>();
  private final Set<IpAddress> addresses = new HashSet<>();
  private final Set<SetElement> elements = new HashSet<>();

  /** Addresses that came to kube-ipvs0 or left it: with them goes whose virtual servers are. */
  private final Set<IpAddress> moved = new HashSet<>();

  private boolean everything = true;

  /** At the start, and after a defect of ours, nothing is known to have been compared. */
  void everything() {
    everything = true;
  }

  boolean isEverything() {
    return everything;
  }

  void drifted(Drift drift) {
    keys.addAll(drift.virtualServers().keySet());
    addAll(addresses, drift.boundAddresses());
    addAll(moved, drift.boundAddresses());
    addAll(elements, drift.elements());
  }

  void judgeAnew(Collection<VirtualServerKey> whose) {
    keys.addAll(whose);
  }

  void refused(Change change) {
    switch (change) {
      case Change.EditFilter edit -> {
        elements.addAll(edit.add());
        elements.addAll(edit.remove());
      }
      case Change.BindAddress bind -> addresses.add(bind.address());
      case Change.UnbindAddress unbind -> addresses.add(unbind.address());
      case Change.AddVirtualServer add -> keys.add(add.key());
      case Change.EditVirtualServer edit -> keys.add(edit.key());
      case Change.RemoveVirtualServer remove -> keys.add(remove.key());
      case Change.AddRealServer add -> keys.add(add.key());
      case Change.EditRealServer edit -> keys.add(edit.key());
      case Change.RemoveRealServer remove -> keys.add(remove.key());
      case Change.CreateDevice _, Change.ReplaceFilter _ -> {} // every audit looks after these
      case Change.ForgetFlows _ -> {} // of which nothing is believed
    }
  }

  void done(Change change) {
    switch (change) {
      case Change.BindAddress bind -> moved.add(bind.address());
      case Change.UnbindAddress unbind -> moved.add(unbind.address());
      default -> {}
    }
  }

  /** Hands over all that it knows of. */
  void moveTo(DesiredState.Touched touched, Belief belief) {
    touched.keys().addAll(keys);
    touched.addresses().addAll(addresses);
    touched.elements().addAll(elements);
    if (!moved.isEmpty()) {
      for (VirtualServerKey key : belief.keys()) {
        if (key instanceof VirtualServerKey.Addressed at && moved.contains(at.address())) {
          touched.keys().add(key);
        }
      }
    }
    keys.clear();
    addresses.clear();
    elements.clear();
    moved.clear();
    everything = false;
  }

  private static <T> void addAll(Set<T> to, Delta<T> delta) {
    to.addAll(delta.more());
    to.addAll(delta.less());
  }
}
