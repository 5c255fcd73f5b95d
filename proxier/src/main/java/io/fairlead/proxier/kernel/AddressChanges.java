package io.fairlead.proxier.kernel;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Dataplane.Failure;
import io.fairlead.netlink.Batch;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetlinkException;
import java.util.List;

/** Puts a run of address changes into one batch. */
final class AddressChanges {
  private AddressChanges() {}

  static ImmutableList<Failure> apply(VipDevice device, List<Change> changes)
      throws NetlinkException {
    Batch batch = device.batch();
    for (int tag = 0; tag < changes.size(); tag++) {
      switch (changes.get(tag)) {
        case Change.BindAddress bind -> device.bind(batch, tag, bind.address());
        case Change.UnbindAddress unbind -> device.unbind(batch, tag, unbind.address());
        case Change other -> throw new IllegalArgumentException("no address change: " + other);
      }
    }
    var failures = ImmutableList.<Failure>builder();
    for (Batch.Failure refused : batch.finish()) {
      Change change = changes.get(refused.tag());
      if (!isDone(change, refused.errno())) {
        failures.add(new Failure(change, reason(refused), refused.errno() == Errno.ENODEV));
      }
    }
    return failures.build();
  }

  /** Whether the kernel refuses only because it is already as wanted. */
  private static boolean isDone(Change change, int errno) {
    return change instanceof Change.BindAddress
        ? errno == Errno.EEXIST
        : errno == Errno.EADDRNOTAVAIL || errno == Errno.ENODEV;
  }

  private static String reason(Batch.Failure refused) {
    String name = Errno.name(refused.errno());
    return refused.explanation().isEmpty() ? name : name + " (" + refused.explanation() + ")";
  }
}
