package io.fairlead.proxier.settings;

import java.util.Arrays;
import java.util.Optional;

/**
 * The flags of {@code fairlead run}. A default is text that goes through the same reader as an
 * operator's own value, so what the help says is what happens.
 */
enum Flag {
  CONFIG(
      Group.SOURCE,
      "config",
      "FILE",
      "",
      "Read kube-proxy's configuration file, as kubeadm writes it, and Fairlead's own settings"
          + " (docs/configuration.md). kube-proxy's flags are ignored then, but for"
          + " --hostname-override and -v."),
  MANIFESTS(
      Group.SOURCE,
      "manifests",
      "DIR",
      "",
      "Read Services, EndpointSlices and the Node from the YAML and JSON files in this folder,"
          + " and follow their changes. Without it, a Kubernetes API server is watched."),
  KUBECONFIG(
      Group.SOURCE,
      "kubeconfig",
      "FILE",
      "",
      "How to reach the API server. Without it, the pod's service account is used."),
  CONTEXT(
      Group.SOURCE,
      "context",
      "NAME",
      "",
      "The kubeconfig's context to use instead of its current one."),
  MASTER(
      Group.SOURCE, "master", "URL", "", "The API server's address; beats that of the kubeconfig."),
  HOSTNAME_OVERRIDE(
      Group.SOURCE,
      "hostname-override",
      "NAME",
      "",
      "The name of this machine's Node object. Without it, the machine's host name."),

  SCHEDULER(
      Group.IPVS,
      "ipvs-scheduler",
      "NAME",
      "rr",
      "The IPVS scheduler of every virtual server: rr, lc, wrr, wlc, sh, dh, sed, nq, mh, ..."),
  SYNC_PERIOD(
      Group.IPVS,
      "ipvs-sync-period",
      "DURATION",
      "30s",
      "How often the kernel is read back and repaired. Must be positive."),
  MIN_SYNC_PERIOD(
      Group.IPVS,
      "ipvs-min-sync-period",
      "DURATION",
      "0s",
      "The least time between two syncs. At most --ipvs-sync-period."),
  DRAIN_CHECK_INTERVAL(
      Group.IPVS,
      "drain-check-interval",
      "DURATION",
      "1m",
      "How often draining real servers are looked at, to remove those without connections."),
  DRAIN_LIMIT(
      Group.IPVS,
      "drain-limit",
      "DURATION",
      "0s",
      "How long a real server may drain before its connections are cut. 0 is until they end."),
  STRICT_ARP(
      Group.IPVS,
      "ipvs-strict-arp",
      "",
      "false",
      "Answer ARP only for addresses of the interface that was asked (arp_ignore=1,"
          + " arp_announce=2), as MetalLB and kube-vip want it."),
  EXCLUDE_CIDRS(
      Group.IPVS,
      "ipvs-exclude-cidrs",
      "CIDR,...",
      "",
      "Never remove a virtual server whose address is in one of these."),
  TCP_TIMEOUT(
      Group.IPVS,
      "ipvs-tcp-timeout",
      "DURATION",
      "0s",
      "How long IPVS keeps an idle TCP connection. 0 keeps the kernel's value."),
  TCP_FIN_TIMEOUT(
      Group.IPVS,
      "ipvs-tcpfin-timeout",
      "DURATION",
      "0s",
      "The same after a FIN. 0 keeps the kernel's value."),
  UDP_TIMEOUT(
      Group.IPVS,
      "ipvs-udp-timeout",
      "DURATION",
      "0s",
      "The same for UDP. 0 keeps the kernel's value."),

  NODEPORT_ADDRESSES(
      Group.NODE_PORTS,
      "nodeport-addresses",
      "CIDR|WORD,...",
      "",
      "Where node ports are served: the node's addresses in these CIDRs, or \"primary\" for the"
          + " Node object's own addresses, or \"all\". Without it, all; the same in a family that"
          + " no entry is about. \"localhost\" is taken for kube-proxy's sake, and serves nothing:"
          + " IPVS cannot."),
  FWMARK_RANGE(
      Group.NODE_PORTS,
      "fwmark-range",
      "FIRST-LAST",
      "0x1000-0x3fff",
      "The packet marks that Fairlead may use, one for each Service port with"
          + " externalTrafficPolicy Local, in hex or decimal. Nobody else may set one of them."),

  DETECT_LOCAL_MODE(
      Group.MASQUERADE,
      "detect-local-mode",
      "MODE",
      "ClusterCIDR",
      "How pods are told from others: ClusterCIDR, by --cluster-cidr; NodeCIDR, by the podCIDRs of"
          + " this machine's Node; BridgeInterface and InterfaceNamePrefix, by the device that"
          + " their packets come in on."),
  CLUSTER_CIDR(
      Group.MASQUERADE,
      "cluster-cidr",
      "CIDR[,CIDR]",
      "",
      "The pods' addresses, at most one CIDR of each family. Flows to ClusterIPs from elsewhere"
          + " are masqueraded. Without it, --detect-local-mode=ClusterCIDR knows no pods."),
  POD_BRIDGE_INTERFACE(
      Group.MASQUERADE,
      "pod-bridge-interface",
      "NAME",
      "",
      "The bridge of this node's pods, for --detect-local-mode=BridgeInterface."),
  POD_INTERFACE_NAME_PREFIX(
      Group.MASQUERADE,
      "pod-interface-name-prefix",
      "PREFIX",
      "",
      "How the devices of this node's pods are called, for"
          + " --detect-local-mode=InterfaceNamePrefix."),
  MASQUERADE_ALL(
      Group.MASQUERADE,
      "masquerade-all",
      "",
      "false",
      "Masquerade every flow to a ClusterIP, whoever sends it."),
  MASQUERADE_BIT(
      Group.MASQUERADE,
      "iptables-masquerade-bit",
      "BIT",
      "14",
      "The bit of the packet mark that says \"masquerade this\", 0 to 31."),

  CONNTRACK_MAX_PER_CORE(
      Group.CONNTRACK,
      "conntrack-max-per-core",
      "NUMBER",
      "32768",
      "How many connections the kernel may track for each processor. 0 keeps its limit, and"
          + " --conntrack-min does nothing."),
  CONNTRACK_MIN(
      Group.CONNTRACK,
      "conntrack-min",
      "NUMBER",
      "131072",
      "How many it may track at least, however few processors there are."),
  CONNTRACK_TCP_ESTABLISHED(
      Group.CONNTRACK,
      "conntrack-tcp-timeout-established",
      "DURATION",
      "24h",
      "How long an idle TCP connection is tracked. 0 keeps the kernel's value."),
  CONNTRACK_TCP_CLOSE_WAIT(
      Group.CONNTRACK,
      "conntrack-tcp-timeout-close-wait",
      "DURATION",
      "1h",
      "The same while one side has closed it. 0 keeps the kernel's value."),
  CONNTRACK_TCP_BE_LIBERAL(
      Group.CONNTRACK,
      "conntrack-tcp-be-liberal",
      "",
      "false",
      "Let packets outside of the TCP window pass, instead of calling them invalid."),
  CONNTRACK_UDP(
      Group.CONNTRACK,
      "conntrack-udp-timeout",
      "DURATION",
      "0s",
      "How long an unanswered UDP flow is tracked. 0 keeps the kernel's value."),
  CONNTRACK_UDP_STREAM(
      Group.CONNTRACK,
      "conntrack-udp-timeout-stream",
      "DURATION",
      "0s",
      "The same once it was answered. 0 keeps the kernel's value."),

  HEALTHZ_BIND_ADDRESS(
      Group.SERVERS,
      "healthz-bind-address",
      "IP:PORT",
      "0.0.0.0:10256",
      "Where /healthz and /livez are served. Empty is nowhere."),
  METRICS_BIND_ADDRESS(
      Group.SERVERS,
      "metrics-bind-address",
      "IP:PORT",
      "127.0.0.1:10249",
      "Where /metrics and /proxyMode are served. Empty is nowhere."),
  BIND_ADDRESS_HARD_FAIL(
      Group.SERVERS,
      "bind-address-hard-fail",
      "",
      "false",
      "End the process if one of these addresses cannot be bound, instead of trying again every"
          + " 5s."),

  PROXY_MODE(
      Group.PROCESS,
      "proxy-mode",
      "MODE",
      "ipvs",
      "Taken for kube-proxy's sake; anything but ipvs is an error."),
  OWNERSHIP_RECORD(
      Group.PROCESS,
      "ownership-record",
      "FILE",
      "/run/fairlead/owned",
      "Where Fairlead writes down which virtual servers it made."),
  VERBOSITY(
      Group.PROCESS,
      "v",
      "LEVEL",
      "0",
      "How much is logged: 0 what an operator needs, 4 every change, 6 everything."),
  HELP(Group.PROCESS, "help", "", "false", "Print this and end.");

  /** The headings of the help text. */
  enum Group {
    SOURCE("Where Services come from"),
    IPVS("Load balancing"),
    NODE_PORTS("Node ports and packet marks"),
    MASQUERADE("Pods and masquerading"),
    CONNTRACK("Connection tracking"),
    SERVERS("Health and metrics"),
    PROCESS("The process");

    private final String heading;

    Group(String heading) {
      this.heading = heading;
    }

    String heading() {
      return heading;
    }
  }

  private final Group group;
  private final String text;
  private final String operand;
  private final String byDefault;
  private final String meaning;

  /** An empty {@code operand} makes a switch: present is true, and a value needs {@code =}. */
  Flag(Group group, String text, String operand, String byDefault, String meaning) {
    this.group = group;
    this.text = text;
    this.operand = operand;
    this.byDefault = byDefault;
    this.meaning = meaning;
  }

  /** The flag with this name, which has no dashes in front. */
  static Optional<Flag> named(String name) {
    return Arrays.stream(values()).filter(flag -> flag.text.equals(name)).findFirst();
  }

  Group group() {
    return group;
  }

  /** The name without the dashes. */
  String text() {
    return text;
  }

  /** What stands for the value in the help text; empty for a switch. */
  String operand() {
    return operand;
  }

  boolean isSwitch() {
    return operand.isEmpty();
  }

  /** Whether giving the flag twice adds to its list, as it does for kube-proxy. */
  boolean isList() {
    return this == EXCLUDE_CIDRS || this == NODEPORT_ADDRESSES;
  }

  String byDefault() {
    return byDefault;
  }

  String meaning() {
    return meaning;
  }

  /** As an operator writes it: {@code --kubeconfig}, or {@code -v}. */
  @Override
  public String toString() {
    return (text.length() == 1 ? "-" : "--") + text;
  }
}
