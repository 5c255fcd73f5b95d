package io.fairlead.proxier.command;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.dataplane.Connections;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.proxier.kernel.VipDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The table that {@code fairlead status} prints, a line for each real server. */
final class StatusTable {
  private static final ImmutableList<String> HEADINGS =
      ImmutableList.of(
          "SERVICE",
          "VIRTUAL SERVER",
          "VIP",
          "SCHEDULER",
          "REAL SERVER",
          "WEIGHT",
          "ACTIVE",
          "INACTIVE");

  private final VipDevice.Snapshot addresses;
  private final ServiceNames names;
  private final List<ImmutableList<String>> rows = new ArrayList<>();

  StatusTable(VipDevice.Snapshot addresses, ServiceNames names) {
    this.addresses = addresses;
    this.names = names;
    rows.add(HEADINGS);
  }

  void add(VirtualServer server, Map<RealServer, Connections> connections) {
    ImmutableList<String> first =
        ImmutableList.of(
            names.of(server.key()).orElse("-"),
            server.key().toString(),
            place(server.key()),
            scheduler(server.options()));
    if (server.realServers().isEmpty()) {
      rows.add(row(first, "none", "", "", ""));
    }
    ImmutableList<String> head = first;
    for (Map.Entry<RealServer, RealServerOptions> real : server.realServers().entrySet()) {
      Connections counts = connections.getOrDefault(real.getKey(), Connections.NONE);
      int weight = real.getValue().weight();
      rows.add(
          row(
              head,
              real.getKey().toString(),
              weight == 0 ? "0 (draining)" : Integer.toString(weight),
              Long.toString(counts.active()),
              Long.toString(counts.inactive())));
      head = ImmutableList.of("", "", "", "");
    }
  }

  /** The rows in columns as wide as their widest cell. */
  String text() {
    if (rows.size() == 1) {
      return "no virtual servers\n";
    }
    int[] widths = new int[HEADINGS.size()];
    for (ImmutableList<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (ImmutableList<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private String place(VirtualServerKey key) {
    return switch (key) {
      case VirtualServerKey.Addressed addressed
          when addresses.bound().contains(addressed.address()) ->
          "kube-ipvs0";
      case VirtualServerKey.Addressed addressed
          when addresses.others().contains(addressed.address()) ->
          "node";
      case VirtualServerKey.Addressed _ -> "missing";
      // Ours take what comes from outside to a Service with externalTrafficPolicy Local.
      case VirtualServerKey.Marked _ -> names.of(key).isPresent() ? "outsiders" : "-";
    };
  }

  private static String scheduler(VirtualServerOptions options) {
    return options.isPersistent()
        ? options.scheduler() + ", client " + options.persistenceSeconds() + " s"
        : options.scheduler();
  }

  private static ImmutableList<String> row(ImmutableList<String> first, String... rest) {
    return ImmutableList.<String>builder().addAll(first).add(rest).build();
  }
}
