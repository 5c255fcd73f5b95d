package io.fairlead.proxier.settings;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.net.Cidr;
import java.util.regex.Pattern;

/** Reads how pods are told from others, by the rules of kube-proxy. */
final class DetectorFlags {
  // IFNAMSIZ is 16, with the NUL at the end; dev_valid_name refuses '/', ':' and white space.
  private static final Pattern DEVICE = Pattern.compile("[^/:\\s]{1,15}");

  private DetectorFlags() {}

  static LocalDetector read(FlagValues flags) {
    ImmutableList<Cidr> cidrs = clusterCidrs(flags); // checked in every mode
    String mode = flags.ifGiven(Flag.DETECT_LOCAL_MODE).orElse(Flag.DETECT_LOCAL_MODE.byDefault());
    return switch (mode) {
      case "ClusterCIDR" ->
          cidrs.isEmpty() ? new LocalDetector.None() : new LocalDetector.ClusterCidrs(cidrs);
      case "NodeCIDR" -> new LocalDetector.NodeCidr();
      case "BridgeInterface" ->
          new LocalDetector.BridgeInterface(
              device(flags, Flag.POD_BRIDGE_INTERFACE, "a device's name, such as cni0"));
      case "InterfaceNamePrefix" ->
          new LocalDetector.InterfacePrefix(
              device(
                  flags,
                  Flag.POD_INTERFACE_NAME_PREFIX,
                  "how the names of pods' devices begin, such as cali"));
      default -> {
        flags.wrong(
            Flag.DETECT_LOCAL_MODE,
            "must be ClusterCIDR, NodeCIDR, BridgeInterface or InterfaceNamePrefix");
        yield new LocalDetector.None();
      }
    };
  }

  private static ImmutableList<Cidr> clusterCidrs(FlagValues flags) {
    ImmutableList<Cidr> cidrs = flags.cidrs(Flag.CLUSTER_CIDR);
    if (cidrs.size() > 2) {
      flags.wrong(Flag.CLUSTER_CIDR, "must hold at most two CIDRs, one of each family");
    } else if (cidrs.stream().map(Cidr::family).distinct().count() < cidrs.size()) {
      flags.wrong(Flag.CLUSTER_CIDR, "must hold two CIDRs of different families, IPv4 and IPv6");
    }
    return cidrs;
  }

  private static String device(FlagValues flags, Flag flag, String what) {
    String name = flags.text(flag);
    if (!DEVICE.matcher(name).matches()) {
      flags.wrong(
          flag,
          "must be "
              + what
              + ", at most 15 letters, with "
              + flags.described(Flag.DETECT_LOCAL_MODE));
    }
    return name;
  }
}
