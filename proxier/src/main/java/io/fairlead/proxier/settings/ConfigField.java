package io.fairlead.proxier.settings;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * One field of a configuration file.
 *
 * @param path such as {@code ipvs.scheduler}; one that ends in {@code .*} stands for all below it
 * @param flag that means the same; none for what Fairlead takes and has no use for
 * @param zeroIsDefault whether 0 is as good as absent, as kubeadm writes it
 * @param note why a field without a flag is ignored
 */
record ConfigField(
    String path, Type type, Optional<Flag> flag, boolean zeroIsDefault, String note) {

  /** What a value may be. */
  enum Type {
    TEXT("text"),
    NUMBER("number"),
    SWITCH("true or false"),
    DURATION("duration, such as \"30s\""),
    LIST("list"),
    ANY("anything");

    private final String label;

    Type(String label) {
      this.label = label;
    }

    /** In words. */
    String label() {
      return label;
    }
  }

  /** KubeProxyConfiguration, kubeproxy.config.k8s.io/v1alpha1, as kubeadm writes it. */
  static final ImmutableList<ConfigField> KUBE_PROXY =
      ImmutableList.of(
          ignored("bindAddress", Type.TEXT, "Services are served on the node's own addresses"),
          of("healthzBindAddress", Type.TEXT, Flag.HEALTHZ_BIND_ADDRESS),
          of("metricsBindAddress", Type.TEXT, Flag.METRICS_BIND_ADDRESS),
          of("bindAddressHardFail", Type.SWITCH, Flag.BIND_ADDRESS_HARD_FAIL),
          ignored("enableProfiling", Type.SWITCH, "a Go program's profiles"),
          ignored("showHiddenMetricsForVersion", Type.TEXT, "no metric is hidden"),
          of("hostnameOverride", Type.TEXT, Flag.HOSTNAME_OVERRIDE),
          of("clientConnection.kubeconfig", Type.TEXT, Flag.KUBECONFIG),
          ignored("clientConnection.acceptContentTypes", Type.TEXT, "JSON is asked for"),
          ignored("clientConnection.contentType", Type.TEXT, "JSON is asked for"),
          ignored("clientConnection.qps", Type.NUMBER, "a few watches need no limit"),
          ignored("clientConnection.burst", Type.NUMBER, "a few watches need no limit"),
          of("mode", Type.TEXT, Flag.PROXY_MODE),
          of("iptables.masqueradeBit", Type.NUMBER, Flag.MASQUERADE_BIT),
          of("iptables.masqueradeAll", Type.SWITCH, Flag.MASQUERADE_ALL),
          ignored("iptables.localhostNodePorts", Type.SWITCH, "of another mode"),
          ignored("iptables.syncPeriod", Type.DURATION, "of another mode"),
          ignored("iptables.minSyncPeriod", Type.DURATION, "of another mode"),
          zeroable("ipvs.syncPeriod", Flag.SYNC_PERIOD),
          of("ipvs.minSyncPeriod", Type.DURATION, Flag.MIN_SYNC_PERIOD),
          of("ipvs.scheduler", Type.TEXT, Flag.SCHEDULER),
          of("ipvs.excludeCIDRs", Type.LIST, Flag.EXCLUDE_CIDRS),
          of("ipvs.strictARP", Type.SWITCH, Flag.STRICT_ARP),
          of("ipvs.tcpTimeout", Type.DURATION, Flag.TCP_TIMEOUT),
          of("ipvs.tcpFinTimeout", Type.DURATION, Flag.TCP_FIN_TIMEOUT),
          of("ipvs.udpTimeout", Type.DURATION, Flag.UDP_TIMEOUT),
          ignored("nftables.masqueradeBit", Type.NUMBER, "of another mode"),
          ignored("nftables.masqueradeAll", Type.SWITCH, "of another mode"),
          ignored("nftables.syncPeriod", Type.DURATION, "of another mode"),
          ignored("nftables.minSyncPeriod", Type.DURATION, "of another mode"),
          of("detectLocalMode", Type.TEXT, Flag.DETECT_LOCAL_MODE),
          of("detectLocal.bridgeInterface", Type.TEXT, Flag.POD_BRIDGE_INTERFACE),
          of("detectLocal.interfaceNamePrefix", Type.TEXT, Flag.POD_INTERFACE_NAME_PREFIX),
          of("clusterCIDR", Type.TEXT, Flag.CLUSTER_CIDR),
          of("nodePortAddresses", Type.LIST, Flag.NODEPORT_ADDRESSES),
          ignored("oomScoreAdj", Type.NUMBER, "the pod's priority class decides"),
          of("conntrack.maxPerCore", Type.NUMBER, Flag.CONNTRACK_MAX_PER_CORE),
          of("conntrack.min", Type.NUMBER, Flag.CONNTRACK_MIN),
          of("conntrack.tcpEstablishedTimeout", Type.DURATION, Flag.CONNTRACK_TCP_ESTABLISHED),
          of("conntrack.tcpCloseWaitTimeout", Type.DURATION, Flag.CONNTRACK_TCP_CLOSE_WAIT),
          of("conntrack.tcpBeLiberal", Type.SWITCH, Flag.CONNTRACK_TCP_BE_LIBERAL),
          of("conntrack.udpTimeout", Type.DURATION, Flag.CONNTRACK_UDP),
          of("conntrack.udpStreamTimeout", Type.DURATION, Flag.CONNTRACK_UDP_STREAM),
          ignored("configSyncPeriod", Type.DURATION, "objects are watched, not polled"),
          ignored("featureGates.*", Type.ANY, "kube-proxy's gates are about its own code"),
          of("logging.verbosity", Type.NUMBER, Flag.VERBOSITY),
          ignored("logging.*", Type.ANY, "logs are text on standard output"),
          ignored("portRange", Type.TEXT, "deprecated, and of a mode that is gone"),
          ignored("windowsRunAsService", Type.SWITCH, "of another system"),
          ignored("winkernel.*", Type.ANY, "of another system"));

  /** FairleadConfiguration, fairlead.io/v1alpha1: what kube-proxy has no field for. */
  static final ImmutableList<ConfigField> FAIRLEAD =
      ImmutableList.of(
          of("manifests", Type.TEXT, Flag.MANIFESTS),
          of("context", Type.TEXT, Flag.CONTEXT),
          zeroable("drainCheckInterval", Flag.DRAIN_CHECK_INTERVAL),
          of("drainLimit", Type.DURATION, Flag.DRAIN_LIMIT),
          of("fwmarkRange", Type.TEXT, Flag.FWMARK_RANGE),
          of("ownershipRecord", Type.TEXT, Flag.OWNERSHIP_RECORD));

  private static ConfigField of(String path, Type type, Flag flag) {
    return new ConfigField(path, type, Optional.of(flag), false, "");
  }

  private static ConfigField zeroable(String path, Flag flag) {
    return new ConfigField(path, Type.DURATION, Optional.of(flag), true, "");
  }

  private static ConfigField ignored(String path, Type type, String why) {
    return new ConfigField(path, type, Optional.empty(), true, why);
  }

  /** Whether a path is this field, or below it. */
  boolean covers(String other) {
    return path.endsWith(".*")
        ? other.startsWith(path.substring(0, path.length() - 1))
            || other.equals(path.substring(0, path.length() - 2))
        : path.equals(other);
  }
}
