package io.fairlead.proxier.command;

import com.google.common.collect.ImmutableMap;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.ipvs.Ipvs;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.jna.Netlink;
import io.fairlead.proxier.kernel.VipDevice;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Prints what the kernel balances. Everything comes from the kernel but the names of the Services,
 * which it does not know: the running daemon is asked for those.
 */
@Command(
    name = "status",
    description = {
      "Show Services, VIPs, real servers, weights and connections, as the kernel has them.",
      "VIP is where the address is: kube-ipvs0, another device (\"node\"), or nowhere (\"missing\")."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Option(
      names = "--metrics-bind-address",
      defaultValue = "127.0.0.1:10249",
      description = "Where `fairlead run` serves metrics, and names. Default: ${DEFAULT-VALUE}")
  private String metricsAddress = "127.0.0.1:10249";

  @Override
  public Integer call() throws NetlinkException, InterruptedException {
    try (NetlinkConnection route = Netlink.open(NetlinkConnection.ROUTE);
        Ipvs ipvs = Ipvs.open(Netlink.open(NetlinkConnection.GENERIC))) {
      VipDevice.Snapshot addresses = new VipDevice(route).read();
      ServiceNames names = ServiceNames.ask(metricsAddress);
      StatusTable table = new StatusTable(addresses, names);
      ImmutableMap<?, VirtualServer> servers = ipvs.virtualServers();
      for (VirtualServer server : servers.values()) {
        table.add(server, ipvs.connections(server.key()));
      }
      System.out.print(table.text());
      names.problem().ifPresent(System.err::println);
      return 0;
    }
  }
}
