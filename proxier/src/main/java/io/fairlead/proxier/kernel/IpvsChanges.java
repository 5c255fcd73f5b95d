package io.fairlead.proxier.kernel;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Dataplane.Failure;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.ipvs.Ipvs;
import io.fairlead.ipvs.IpvsBatch;
import io.fairlead.ipvs.Refusal;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetlinkException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Puts a run of IPVS changes into one batch. */
final class IpvsChanges {
  private static final String NO_VIRTUAL_SERVER = "its virtual server could not be added";

  private IpvsChanges() {}

  static ImmutableList<Failure> apply(Ipvs ipvs, List<Change> changes) throws NetlinkException {
    var failures = ImmutableList.<Failure>builder();
    IpvsBatch batch = ipvs.batch();
    for (int tag = 0; tag < changes.size(); tag++) {
      try {
        write(batch, tag, changes.get(tag));
      } catch (IllegalArgumentException e) { // no kernel would take it, so it was not sent
        failures.add(new Failure(changes.get(tag), String.valueOf(e.getMessage()), false));
      }
    }
    Set<VirtualServerKey> notAdded = new HashSet<>();
    for (Refusal refusal : batch.finish()) {
      Change change = changes.get(refusal.tag());
      if (change instanceof Change.AddVirtualServer(VirtualServerKey key, var _)) {
        notAdded.add(key);
      }
      if (change instanceof Change.AddRealServer(VirtualServerKey key, var _, var _)
          && notAdded.contains(key)) {
        // Not news of the kernel: trying again helps only once the virtual server can be added.
        failures.add(new Failure(change, NO_VIRTUAL_SERVER, false));
      } else if (!isDone(change, refusal.errno())) {
        failures.add(new Failure(change, refusal.reason(), refusal.drift()));
      }
    }
    return failures.build();
  }

  private static void write(IpvsBatch batch, int tag, Change change) throws NetlinkException {
    switch (change) {
      case Change.AddVirtualServer add -> batch.addVirtualServer(tag, add.key(), add.options());
      case Change.EditVirtualServer edit ->
          batch.editVirtualServer(tag, edit.key(), edit.options());
      case Change.RemoveVirtualServer remove -> batch.removeVirtualServer(tag, remove.key());
      case Change.AddRealServer add ->
          batch.addRealServer(tag, add.key(), add.server(), add.options());
      case Change.EditRealServer edit ->
          batch.editRealServer(tag, edit.key(), edit.server(), edit.options());
      case Change.RemoveRealServer remove ->
          batch.removeRealServer(tag, remove.key(), remove.server());
      case Change other -> throw new IllegalStateException("no IPVS change: " + other);
    }
  }

  /** Whether the kernel refuses only because what is to go is gone. */
  private static boolean isDone(Change change, int errno) {
    return switch (change) {
      case Change.RemoveVirtualServer _ -> errno == Errno.ESRCH;
      case Change.RemoveRealServer _ -> errno == Errno.ESRCH || errno == Errno.ENOENT;
      case Change other -> false;
    };
  }
}
