package io.fairlead.bench.system;

import io.fairlead.lab.rig.Namespace;
import io.fairlead.lab.rig.Rig;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.jna.Netlink;
import io.fairlead.netlink.jna.NetlinkOptions;
import io.fairlead.proxier.kernel.KernelDataplane;
import io.fairlead.proxier.settings.LocalDetector;
import io.fairlead.proxier.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where rows are measured.
 *
 * @param floor the floor's program
 * @param home the packaged command: its folder with bin/ and lib/
 * @param folder for files that end with the lab
 */
record Lab(Path floor, Path home, Path folder) {
  /** For tens of thousands of objects on an emulated processor. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  /**
   * What the kernel itself takes for a recording, in a namespace of its own: destinations that were
   * deleted in the last two minutes would slow down those that are added.
   *
   * @return seconds, a figure for each part
   */
  List<Double> floorOf(Path recording) {
    try (Rig rig = Rig.create()) {
      return rig.node("floor")
          .namespace()
          .run(floor.toString(), recording.toString())
          .lines()
          .map(line -> Double.parseDouble(line.substring(0, line.indexOf(' '))))
          .toList();
    }
  }

  /** The kernel in a namespace, with all that is sent to it shown to a listener. */
  static KernelDataplane dataplane(Namespace namespace, Tap.Listener listener) {
    return namespace.call(() -> dataplane(listener, masquerade()));
  }

  /** Nothing that is known of the node's pods. */
  static Settings.Masquerade masquerade() {
    return new Settings.Masquerade(14, false, new LocalDetector.None());
  }

  /** The same in the calling thread's namespace. */
  static KernelDataplane dataplane(Tap.Listener listener, Settings.Masquerade masquerade)
      throws IOException {
    return KernelDataplane.over(
        tapped(NetlinkConnection.ROUTE, listener),
        tapped(NetlinkConnection.NETFILTER, listener),
        tapped(NetlinkConnection.GENERIC, listener),
        masquerade);
  }

  private static NetlinkConnection tapped(int protocol, Tap.Listener listener) throws IOException {
    return NetlinkConnection.over(
        new Tap(Netlink.transport(protocol, NetlinkOptions.DEFAULT), protocol, listener));
  }

  /** A file that ends with the lab. */
  Path file(String name) {
    return folder.resolve(name);
  }
}
