package io.fairlead.proxier.kernel;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Dataplane.Failure;
import io.fairlead.netlink.NetlinkException;
import java.util.List;

/** Carries out packet filter changes, each of which is a transaction of its own. */
final class FilterChanges {
  private FilterChanges() {}

  static ImmutableList<Failure> apply(PacketFilter filter, List<Change> changes) {
    var failures = ImmutableList.<Failure>builder();
    for (Change change : changes) {
      try {
        apply(filter, change);
      } catch (NetlinkException e) {
        failures.add(new Failure(change, e.getMessage(), true)); // nothing of it was done
      }
    }
    return failures.build();
  }

  private static void apply(PacketFilter filter, Change change) throws NetlinkException {
    switch (change) {
      case Change.ReplaceFilter replace -> filter.replace(replace.elements());
      case Change.EditFilter edit -> filter.edit(edit.add(), edit.remove());
      case Change other -> throw new IllegalArgumentException("no filter change: " + other);
    }
  }
}
