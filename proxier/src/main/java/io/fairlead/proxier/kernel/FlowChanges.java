package io.fairlead.proxier.kernel;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Change.ForgetFlows;
import io.fairlead.core.dataplane.Dataplane.Failure;
import io.fairlead.netlink.Batch;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.conntrack.Connection;
import io.fairlead.netlink.conntrack.ConnectionFilter;
import io.fairlead.netlink.conntrack.Conntrack;
import java.util.ArrayList;
import java.util.List;

/** Forgets the stale flows of a run of changes: few dumps for all of them, and one batch. */
final class FlowChanges {
  private FlowChanges() {}

  static ImmutableList<Failure> apply(NetlinkConnection connection, List<Change> changes)
      throws NetlinkException {
    StaleFlows stale = new StaleFlows(changes.stream().map(FlowChanges::forgetting).toList());
    List<Connection> found = new ArrayList<>();
    for (ConnectionFilter filter : stale.filters()) {
      found.addAll(new Conntrack(connection).list(filter, flow -> stale.verdict(flow).isPresent()));
    }
    return delete(connection.batch(), found, stale);
  }

  private static ImmutableList<Failure> delete(
      Batch batch, List<Connection> found, StaleFlows stale) throws NetlinkException {
    for (int tag = 0; tag < found.size(); tag++) {
      Conntrack.delete(batch, tag, found.get(tag).original(), found.get(tag).zone());
    }
    var failures = ImmutableList.<Failure>builder();
    for (Batch.Failure refused : batch.finish()) {
      if (refused.errno() != Errno.ENOENT) { // it ended by itself meanwhile
        Connection flow = found.get(refused.tag());
        String reason = "delete " + flow.original() + ": " + Errno.name(refused.errno());
        stale.verdict(flow).ifPresent(it -> failures.add(new Failure(it, reason, true)));
      }
    }
    return failures.build();
  }

  private static ForgetFlows forgetting(Change change) {
    if (change instanceof ForgetFlows forget) {
      return forget;
    }
    throw new IllegalArgumentException("no change of flows: " + change);
  }
}
