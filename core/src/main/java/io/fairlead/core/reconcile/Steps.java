package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects changes and gives them back in the safe order: packets must never meet a virtual server
 * whose rules are missing, nor an address whose virtual servers are gone.
 */
final class Steps {
  private final List<Change> device = new ArrayList<>();
  private final List<Change> filter = new ArrayList<>();
  private final List<SetElement> addElements = new ArrayList<>();
  private final List<Change> firstBind = new ArrayList<>();
  private final List<Change> firstBuild = new ArrayList<>();
  private final List<Change> bind = new ArrayList<>();
  private final List<Change> build = new ArrayList<>();
  private final List<Change> removeRealServers = new ArrayList<>();
  private final List<Change> removeVirtualServers = new ArrayList<>();
  private final List<Change> unbind = new ArrayList<>();
  private final List<SetElement> removeElements = new ArrayList<>();

  void createDevice() {
    device.add(new Change.CreateDevice());
  }

  void replaceFilter(ImmutableList<SetElement> elements) {
    filter.add(new Change.ReplaceFilter(elements));
  }

  void addElement(SetElement element) {
    addElements.add(element);
  }

  void removeElement(SetElement element) {
    removeElements.add(element);
  }

  /** {@code first}: whether it belongs to the Service that is programmed before all others. */
  void bind(IpAddress address, boolean first) {
    (first ? firstBind : bind).add(new Change.BindAddress(address));
  }

  void unbind(IpAddress address) {
    unbind.add(new Change.UnbindAddress(address));
  }

  /** Where a virtual server's additions and edits go. */
  List<Change> building(boolean first) {
    return first ? firstBuild : build;
  }

  /** Where removals of real servers go. */
  List<Change> removingRealServers() {
    return removeRealServers;
  }

  void removeVirtualServer(VirtualServerKey key) {
    removeVirtualServers.add(new Change.RemoveVirtualServer(key));
  }

  ImmutableList<Change> inOrder() {
    var all = ImmutableList.<Change>builder().addAll(device).addAll(filter);
    if (!addElements.isEmpty()) {
      all.add(new Change.EditFilter(ImmutableList.copyOf(addElements), ImmutableList.of()));
    }
    all.addAll(firstBind).addAll(firstBuild).addAll(bind).addAll(build);
    all.addAll(removeRealServers).addAll(removeVirtualServers).addAll(unbind);
    if (!removeElements.isEmpty()) {
      all.add(new Change.EditFilter(ImmutableList.of(), ImmutableList.copyOf(removeElements)));
    }
    return all.build();
  }
}
