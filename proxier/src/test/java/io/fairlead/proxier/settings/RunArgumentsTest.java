package io.fairlead.proxier.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.fairlead.core.plan.MarkRange;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RunArgumentsTest {
  /** Arguments, apart by spaces; the part of the settings that they should change; its text. */
  record Accepted(String arguments, Function<Settings, Object> part, String expect) {
    @Override
    public String toString() {
      return arguments;
    }
  }

  static Stream<Accepted> accepted() {
    return Stream.of(
        // The ways to write a flag.
        new Accepted("--ipvs-scheduler lc", s -> s.ipvs().scheduler(), "lc"),
        new Accepted("--ipvs-scheduler=lc", s -> s.ipvs().scheduler(), "lc"),
        new Accepted("--ipvs_scheduler=lc", s -> s.ipvs().scheduler(), "lc"),
        new Accepted("-ipvs-scheduler=lc", s -> s.ipvs().scheduler(), "lc"),
        new Accepted("--ipvs-scheduler=lc --ipvs-scheduler=mh", s -> s.ipvs().scheduler(), "mh"),
        new Accepted("--ipvs-scheduler=", s -> s.ipvs().scheduler(), "rr"),
        new Accepted("--masquerade-all", s -> s.masquerade().all(), "true"),
        new Accepted("--masquerade-all=t", s -> s.masquerade().all(), "true"),
        new Accepted("--masquerade-all --masquerade-all=0", s -> s.masquerade().all(), "false"),
        new Accepted("-v 4", Settings::verbosity, "4"),
        new Accepted("-v=4", Settings::verbosity, "4"),
        new Accepted("-v4", Settings::verbosity, "4"),
        new Accepted("--v=4", Settings::verbosity, "4"),

        // Where Services come from.
        new Accepted("--manifests /m", Settings::source, "Manifests[folder=/m]"),
        new Accepted(
            "--kubeconfig=/k --context=prod --master=https://10.0.0.1:6443",
            Settings::source,
            "Kubernetes[kubeconfig=Optional[/k], context=Optional[prod],"
                + " master=Optional[https://10.0.0.1:6443]]"),
        new Accepted("--hostname-override=Node-A", Settings::nodeName, "node-a"),

        // Load balancing and masquerading.
        new Accepted("--ipvs-sync-period=1m30s", s -> s.ipvs().syncPeriod(), "PT1M30S"),
        new Accepted("--ipvs-min-sync-period=500ms", s -> s.ipvs().minSyncPeriod(), "PT0.5S"),
        new Accepted("--drain-check-interval=5s", s -> s.ipvs().drainCheckInterval(), "PT5S"),
        new Accepted("--drain-limit=90s", s -> s.ipvs().drainLimit(), "PT1M30S"),
        new Accepted("--drain-limit=0", s -> s.ipvs().drainCheckPeriod(), "PT1M"),
        new Accepted("--drain-limit=90s", s -> s.ipvs().drainCheckPeriod(), "PT1M"),
        new Accepted("--drain-limit=10s", s -> s.ipvs().drainCheckPeriod(), "PT10S"),
        new Accepted("--ipvs-strict-arp", s -> s.ipvs().strictArp(), "true"),
        new Accepted(
            "--ipvs-exclude-cidrs=10.1.2.3/8,fd00::/64 --ipvs-exclude-cidrs=192.0.2.0/24",
            s -> s.ipvs().excludeCidrs(),
            "[10.0.0.0/8, fd00::/64, 192.0.2.0/24]"),
        new Accepted(
            "--ipvs-tcp-timeout=15m --ipvs-tcpfin-timeout=2m --ipvs-udp-timeout=300s",
            s -> s.ipvs().timeouts(),
            "Timeouts[tcp=PT15M, tcpFin=PT2M, udp=PT5M]"),
        new Accepted(
            "--cluster-cidr=10.244.0.0/16,fd00:1::/56",
            s -> s.masquerade().detector(),
            "ClusterCidrs[cidrs=[10.244.0.0/16, fd00:1::/56]]"),
        new Accepted("--masquerade-all", s -> s.masquerade().detector(), "None[]"),
        new Accepted("--detect-local-mode=", s -> s.masquerade().detector(), "None[]"),
        new Accepted(
            "--detect-local-mode=ClusterCIDR --cluster-cidr=10.244.0.0/16",
            s -> s.masquerade().detector(),
            "ClusterCidrs[cidrs=[10.244.0.0/16]]"),
        new Accepted(
            "--detect-local-mode=NodeCIDR --cluster-cidr=10.244.0.0/16",
            s -> s.masquerade().detector(),
            "NodeCidr[]"),
        new Accepted(
            "--detect-local-mode=BridgeInterface --pod-bridge-interface=cni0",
            s -> s.masquerade().detector(),
            "BridgeInterface[name=cni0]"),
        new Accepted(
            "--detect-local-mode=InterfaceNamePrefix --pod-interface-name-prefix=cali",
            s -> s.masquerade().detector(),
            "InterfacePrefix[prefix=cali]"),
        new Accepted("--iptables-masquerade-bit=0", s -> s.masquerade().bit(), "0"),

        // Node ports and marks.
        new Accepted(
            "--nodeport-addresses=primary,192.0.2.7/24 --nodeport-addresses=localhost,all",
            s -> s.nodePortAddresses().choices(),
            "[Primary[], Range[cidr=192.0.2.0/24], Localhost[], All[]]"),
        new Accepted("--nodeport-addresses=", s -> s.nodePortAddresses().choices(), "[]"),
        new Accepted("--fwmark-range=0x10-0xFF", Settings::marks, range(0x10, 0xff, 0x4000)),
        new Accepted("--fwmark-range=16-0255", Settings::marks, range(16, 255, 0x4000)),
        new Accepted(
            "--fwmark-range=1-0xffffffff --iptables-masquerade-bit=31",
            Settings::marks,
            range(1, -1, Integer.MIN_VALUE)),
        new Accepted(
            "--fwmark-range=0x4000-0x8000", Settings::marks, range(0x4000, 0x8000, 0x4000)),

        // Connection tracking.
        new Accepted(
            "--conntrack-max-per-core=0 --conntrack-min=1 --conntrack-tcp-timeout-established=0"
                + " --conntrack-tcp-timeout-close-wait=30s --conntrack-tcp-be-liberal"
                + " --conntrack-udp-timeout=20s --conntrack-udp-timeout-stream=3m",
            Settings::conntrack,
            "Conntrack[maxPerCore=0, min=1, tcpEstablished=PT0S, tcpCloseWait=PT30S,"
                + " tcpBeLiberal=true, udp=PT20S, udpStream=PT3M]"),

        // Servers and the process.
        new Accepted(
            "--healthz-bind-address=[::]:9000", s -> s.servers().healthz(), "Optional[[::]:9000]"),
        new Accepted(
            "--healthz-bind-address=10.0.0.1",
            s -> s.servers().healthz(),
            "Optional[10.0.0.1:10256]"),
        new Accepted(
            "--metrics-bind-address=fd00::1",
            s -> s.servers().metrics(),
            "Optional[[fd00::1]:10249]"),
        new Accepted("--metrics-bind-address=", s -> s.servers().metrics(), "Optional.empty"),
        new Accepted("--bind-address-hard-fail", s -> s.servers().hardFail(), "true"),
        new Accepted("--proxy-mode=ipvs", Settings::nodeName, "host"),
        new Accepted("--ownership-record=/x/y", Settings::ownershipRecord, "/x/y"));
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void accepts(Accepted c) {
    RunArguments read = read(c.arguments);

    Settings settings = assertInstanceOf(RunArguments.Accepted.class, read).settings();
    assertEquals(c.expect, String.valueOf(c.part.apply(settings)));
  }

  /** Arguments, apart by spaces, and every problem they should come to. */
  record Refused(String arguments, ImmutableList<String> problems) {
    @Override
    public String toString() {
      return arguments;
    }
  }

  static Stream<Refused> wrong() {
    String duration = "must be a duration such as 30s, 1m30s or 500ms";
    String marks = "must be two marks from 1 to 0xffffffff, such as 0x1000-0x3fff";
    String cidrs = "must be CIDRs such as 10.0.0.0/8, with commas between them";
    return Stream.of(
        refused(
            "--ipvs-shceduler=lc", "unknown flag --ipvs-shceduler; did you mean --ipvs-scheduler?"),
        refused("--kube-config=/k", "unknown flag --kube-config; did you mean --kubeconfig?"),
        refused("--bogus", "unknown flag --bogus"),
        refused("rr", "unexpected argument \"rr\": run takes only flags"),
        refused("--masquerade-all false", "unexpected argument \"false\": run takes only flags"),
        refused("--kubeconfig", "--kubeconfig needs a value: --kubeconfig FILE"),
        refused("--masquerade-all=yes", "--masquerade-all=yes: must be true or false"),
        refused("--help=maybe", "--help=maybe: must be true or false"),
        refused("-v=loud", "-v=loud: must be a number from 0 to 10"),
        refused(
            "--hostname-override=",
            "--hostname-override=: is blank: give the name of this machine's Node object"),
        refused(
            "--proxy-mode=iptables",
            "--proxy-mode=iptables: must be ipvs: Fairlead has no other mode"),
        refused(
            "--manifests=/m --kubeconfig=/k --master=http://h",
            "--kubeconfig=/k: cannot be used with --manifests: choose one source",
            "--master=http://h: cannot be used with --manifests: choose one source"),
        refused("--context=prod", "--context=prod: needs --kubeconfig, which holds the contexts"),
        refused(
            "--master=10.0.0.1", "--master=10.0.0.1: must be a URL such as https://10.0.0.1:6443"),
        refused(
            "--ipvs-sync-period=30",
            "--ipvs-sync-period=30: " + duration + " (\"30\" is not a duration)"),
        refused("--ipvs-sync-period=0s", "--ipvs-sync-period=0s: must be longer than 0s"),
        refused("--ipvs-min-sync-period=-1s", "--ipvs-min-sync-period=-1s: must not be negative"),
        refused(
            "--ipvs-min-sync-period=31s",
            "--ipvs-min-sync-period=31s: must not exceed --ipvs-sync-period, which is 30s"),
        refused("--ipvs-tcp-timeout=-1s", "--ipvs-tcp-timeout=-1s: must not be negative"),
        refused(
            "--ipvs-udp-timeout=500ms --ipvs-tcp-timeout=597h",
            "--ipvs-tcp-timeout=597h: must be whole seconds, at most 596h",
            "--ipvs-udp-timeout=500ms: must be whole seconds, at most 596h"),
        refused("--drain-check-interval=0", "--drain-check-interval=0: must be longer than 0s"),
        refused(
            "--ipvs-scheduler=Round-Robin",
            "--ipvs-scheduler=Round-Robin: must be a scheduler's name, such as rr: a-z, 0-9, at"
                + " most 15 letters"),
        refused(
            "--ipvs-exclude-cidrs=10.0.0.0/8,10.0.0.1",
            "--ipvs-exclude-cidrs=10.0.0.0/8,10.0.0.1: "
                + cidrs
                + " (\"10.0.0.1\" is not a CIDR such as 10.0.0.0/8)"),
        refused(
            "--cluster-cidr=10.0.0.0/8,10.1.0.0/16",
            "--cluster-cidr=10.0.0.0/8,10.1.0.0/16: must hold two CIDRs of different families,"
                + " IPv4 and IPv6"),
        refused(
            "--cluster-cidr=10.0.0.0/8,fd00::/64,fd01::/64",
            "--cluster-cidr=10.0.0.0/8,fd00::/64,fd01::/64: must hold at most two CIDRs, one of"
                + " each family"),
        refused(
            "--detect-local-mode=nodecidr",
            "--detect-local-mode=nodecidr: must be ClusterCIDR, NodeCIDR, BridgeInterface or"
                + " InterfaceNamePrefix"),
        refused(
            "--detect-local-mode=BridgeInterface",
            "--pod-bridge-interface=: must be a device's name, such as cni0, at most 15 letters,"
                + " with --detect-local-mode=BridgeInterface"),
        refused(
            "--detect-local-mode=InterfaceNamePrefix --pod-interface-name-prefix=cali/",
            "--pod-interface-name-prefix=cali/: must be how the names of pods' devices begin, such"
                + " as cali, at most 15 letters, with --detect-local-mode=InterfaceNamePrefix"),
        refused(
            "--detect-local-mode=NodeCIDR --cluster-cidr=10.244.0.0",
            "--cluster-cidr=10.244.0.0: "
                + cidrs
                + " (\"10.244.0.0\" is not a CIDR such as 10.0.0.0/8)"),
        refused(
            "--nodeport-addresses=192.0.2.1,primary",
            "--nodeport-addresses=192.0.2.1,primary: must be CIDRs such as 192.0.2.0/24, or primary,"
                + " localhost or all, with commas between them (\"192.0.2.1\" is not a CIDR such as"
                + " 10.0.0.0/8)"),
        refused(
            "--fwmark-range=0x1000",
            "--fwmark-range=0x1000: " + marks + " (\"0x1000\" is no range)"),
        refused("--fwmark-range=1-4294967296", "--fwmark-range=1-4294967296: " + marks),
        refused(
            "--fwmark-range=0-9",
            "--fwmark-range=0-9: "
                + marks
                + " (mark range 0x0-0x9 must begin above 0 and not end before it begins)"),
        refused(
            "--fwmark-range=0xc000-0xffff",
            "--fwmark-range=0xc000-0xffff: every mark in it has bit 14, which is"
                + " --iptables-masquerade-bit; give a range without it"),
        refused("--conntrack-min=-1", "--conntrack-min=-1: must be a number from 0 to 2147483647"),
        refused(
            "--conntrack-udp-timeout=1500ms",
            "--conntrack-udp-timeout=1500ms: must be whole seconds, at most 596h"),
        refused("--drain-limit=-1s", "--drain-limit=-1s: must not be negative"),
        refused(
            "--iptables-masquerade-bit=32",
            "--iptables-masquerade-bit=32: must be a number from 0 to 31"),
        refused(
            "--healthz-bind-address=10.0.0.1:0",
            "--healthz-bind-address=10.0.0.1:0: must be IP:port, such as 0.0.0.0:10256, or empty"
                + " for none (port \"0\" is not a number from 1 to 65535)"),
        refused(
            "--metrics-bind-address=localhost:10249",
            "--metrics-bind-address=localhost:10249: must be IP:port, such as 127.0.0.1:10249, or"
                + " empty for none (\"localhost\" is not an IP address)"),
        refused(
            "--ipvs-sync-period=x --bogus -v=-1",
            "unknown flag --bogus",
            "--ipvs-sync-period=x: " + duration + " (\"x\" is not a duration)",
            "-v=-1: must be a number from 0 to 10"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void refusesAndNamesEveryProblem(Refused c) {
    RunArguments read = read(c.arguments);

    assertEquals(new RunArguments.Refused(c.problems), read);
  }

  @Test
  void aMachineWithoutNameNeedsTheOverride() {
    assertEquals(
        new RunArguments.Refused(
            ImmutableList.of(
                "this machine has no host name: give its Node object's name with"
                    + " --hostname-override")),
        RunArguments.read(List.of(), () -> " \n"));
    assertInstanceOf(
        RunArguments.Accepted.class,
        RunArguments.read(List.of("--hostname-override", "n1"), () -> ""));
  }

  private static String range(int first, int last, int without) {
    return new MarkRange(first, last, without).toString();
  }

  private static Refused refused(String arguments, String... problems) {
    return new Refused(arguments, ImmutableList.copyOf(problems));
  }

  private static RunArguments read(String arguments) {
    return RunArguments.read(Splitter.on(' ').splitToList(arguments), () -> "host");
  }
}
