package io.fairlead.core.reconcile;

import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.plan.Delta;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;

/** A set of things that changes are about: each is looked at, or left alone, as a whole. */
final class Subjects {
  final Set<VirtualServerKey> virtualServers = new TreeSet<>();
  final Set<IpAddress> addresses = new TreeSet<>();
  final Set<SetElement> elements = new LinkedHashSet<>();
  boolean device;
  boolean filter;

  void add(Delta delta) {
    virtualServers.addAll(delta.virtualServers());
    addresses.addAll(delta.addresses());
    elements.addAll(delta.elements());
  }

  void remove(Delta delta) {
    virtualServers.removeAll(delta.virtualServers());
    addresses.removeAll(delta.addresses());
    delta.elements().forEach(elements::remove);
    device &= delta.addresses().isEmpty();
    filter &= delta.elements().isEmpty();
  }

  void add(Change change) {
    switch (change) {
      case Change.CreateDevice _ -> device = true;
      case Change.ReplaceFilter _ -> filter = true;
      case Change.EditFilter(var added, var removed) -> {
        elements.addAll(added);
        elements.addAll(removed);
      }
      case Change.BindAddress(IpAddress address) -> addresses.add(address);
      case Change.UnbindAddress(IpAddress address) -> addresses.add(address);
      case Change.AddVirtualServer(VirtualServerKey key, _) -> virtualServers.add(key);
      case Change.EditVirtualServer(VirtualServerKey key, _) -> virtualServers.add(key);
      case Change.RemoveVirtualServer(VirtualServerKey key) -> virtualServers.add(key);
      case Change.AddRealServer(VirtualServerKey key, _, _) -> virtualServers.add(key);
      case Change.EditRealServer(VirtualServerKey key, _, _) -> virtualServers.add(key);
      case Change.RemoveRealServer(VirtualServerKey key, _) -> virtualServers.add(key);
    }
  }

  void clear() {
    virtualServers.clear();
    addresses.clear();
    elements.clear();
    device = false;
    filter = false;
  }
}
