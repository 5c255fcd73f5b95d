package io.fairlead.proxier.kernel;

import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.net.Family;
import io.fairlead.netlink.nftables.DataType;
import io.fairlead.netlink.nftables.NamedSet;
import java.util.Locale;

/** The table's sets, of which each family has its own. */
enum ElementSet {
  /** Addresses that are Services' alone. */
  VIPS,
  /** Service ports of any kind. */
  SERVICES,
  /** Service ports whose flows are masqueraded whoever sends them. */
  MASQUERADE,
  /** Service ports on ClusterIPs. */
  CLUSTER_IPS,
  /** Service ports that nobody serves. */
  NO_ENDPOINTS,
  /** Service ports that nobody on this node serves, though nobody else may. */
  NO_LOCAL,
  /** Service ports that nobody on this node serves, though nobody else may for outsiders. */
  NO_LOCAL_EXTERNAL,
  /** Service ports that only some sources may use. */
  LIMITED,
  /** Those sources: ranges of the last field. */
  ALLOWED,
  /** Service ports whose packets from outside get a mark: a map. */
  LOCAL_ONLY,
  /** Endpoints of this node, with themselves as source. */
  HAIRPIN,
  /** Where this node's pods have their addresses: ranges. */
  PODS;

  static ElementSet of(SetElement element) {
    return switch (element) {
      case SetElement.Vip _ -> VIPS;
      case SetElement.ServicePort port -> of(port.set());
      case SetElement.Hairpin _ -> HAIRPIN;
      case SetElement.LocalOnly _ -> LOCAL_ONLY;
      case SetElement.Allowed _ -> ALLOWED;
      case SetElement.PodRange _ -> PODS;
    };
  }

  private static ElementSet of(SetElement.ServicePort.Set set) {
    return switch (set) {
      case SERVICES -> SERVICES;
      case MASQUERADE -> MASQUERADE;
      case CLUSTER_IPS -> CLUSTER_IPS;
      case NO_ENDPOINTS -> NO_ENDPOINTS;
      case NO_LOCAL -> NO_LOCAL;
      case NO_LOCAL_EXTERNAL -> NO_LOCAL_EXTERNAL;
      case LIMITED -> LIMITED;
    };
  }

  /** {@code vips4}, {@code cluster_ips6}, … */
  String name(Family family) {
    return name().toLowerCase(Locale.ROOT) + (family == Family.IPV4 ? "4" : "6");
  }

  NamedSet of(Family family) {
    DataType address = family == Family.IPV4 ? DataType.IPV4_ADDR : DataType.IPV6_ADDR;
    NamedSet ports = NamedSet.of(name(family), address, DataType.INET_PROTO, DataType.INET_SERVICE);
    NamedSet sources =
        NamedSet.of(name(family), address, DataType.INET_PROTO, DataType.INET_SERVICE, address);
    return switch (this) {
      case VIPS -> NamedSet.of(name(family), address);
      case SERVICES, MASQUERADE, CLUSTER_IPS, NO_ENDPOINTS, NO_LOCAL, NO_LOCAL_EXTERNAL, LIMITED ->
          ports;
      case LOCAL_ONLY -> ports.to(DataType.MARK);
      case HAIRPIN -> sources;
      case ALLOWED -> sources.withIntervals();
      case PODS -> NamedSet.of(name(family), address).withIntervals();
    };
  }
}
