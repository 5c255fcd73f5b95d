package io.fairlead.proxier.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.google.common.base.Splitter;
import com.google.common.io.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code --config}: kube-proxy's file as kubeadm writes it, and Fairlead's own document. */
class ConfigFileTest {
  private static final String KUBE_PROXY =
      "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";
  private static final String FAIRLEAD =
      "apiVersion: fairlead.io/v1alpha1\nkind: FairleadConfiguration\n";

  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void name() {
    file = folder.resolve("config.conf");
  }

  @Test
  void whatKubeadmWritesMeansTheDefaults() throws IOException {
    RunArguments.Accepted read =
        accepted(
            Resources.toString(Resources.getResource(ConfigFileTest.class, "kubeadm.conf"), UTF_8));
    Settings expect =
        assertInstanceOf(
                RunArguments.Accepted.class,
                RunArguments.read(
                    List.of(
                        "--kubeconfig=/var/lib/kube-proxy/kubeconfig.conf",
                        "--cluster-cidr=10.244.0.0/16"),
                    () -> "host"))
            .settings();

    assertEquals(expect, read.settings());
    assertEquals(List.of(), read.warnings());
  }

  /** Lines of a KubeProxyConfiguration; the part of the settings that they should set; its text. */
  record Means(String lines, Function<Settings, Object> part, String expect) {
    @Override
    public String toString() {
      return lines;
    }
  }

  static Stream<Means> meanings() {
    return Stream.of(
        new Means("healthzBindAddress: 127.0.0.1:1", s -> s.servers().healthz(), of("127.0.0.1:1")),
        new Means("metricsBindAddress: '[::1]:1'", s -> s.servers().metrics(), of("[::1]:1")),
        new Means("metricsBindAddress: 10.0.0.1", s -> s.servers().metrics(), of("10.0.0.1:10249")),
        new Means("bindAddressHardFail: true", s -> s.servers().hardFail(), "true"),
        new Means("hostnameOverride: Node-B", Settings::nodeName, "node-b"),
        new Means("iptables: {masqueradeBit: 0}", s -> s.masquerade().bit(), "0"),
        new Means("iptables: {masqueradeAll: true}", s -> s.masquerade().all(), "true"),
        new Means("ipvs: {scheduler: mh}", s -> s.ipvs().scheduler(), "mh"),
        new Means("ipvs: {syncPeriod: 1m}", s -> s.ipvs().syncPeriod(), "PT1M"),
        new Means("ipvs: {minSyncPeriod: 2s}", s -> s.ipvs().minSyncPeriod(), "PT2S"),
        new Means("ipvs: {strictARP: true}", s -> s.ipvs().strictArp(), "true"),
        new Means(
            "ipvs:\n  excludeCIDRs:\n  - 10.0.0.0/8\n  - fd00::/64",
            s -> s.ipvs().excludeCidrs(),
            "[10.0.0.0/8, fd00::/64]"),
        new Means(
            "ipvs: {tcpTimeout: 15m, tcpFinTimeout: 2m, udpTimeout: 5m}",
            s -> s.ipvs().timeouts(),
            "Timeouts[tcp=PT15M, tcpFin=PT2M, udp=PT5M]"),
        new Means("detectLocalMode: NodeCIDR", s -> s.masquerade().detector(), "NodeCidr[]"),
        new Means(
            "detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: cni0}",
            s -> s.masquerade().detector(),
            "BridgeInterface[name=cni0]"),
        new Means(
            "clusterCIDR: 10.244.0.0/16,fd00:1::/56",
            s -> s.masquerade().detector(),
            "ClusterCidrs[cidrs=[10.244.0.0/16, fd00:1::/56]]"),
        new Means("nodePortAddresses: [primary]", s -> s.nodePortAddresses(), nodePorts("Primary")),
        new Means("conntrack: {maxPerCore: 0}", s -> s.conntrack().maxPerCore(), "0"),
        new Means("conntrack: {min: 5}", s -> s.conntrack().min(), "5"),
        new Means(
            "conntrack: {tcpEstablishedTimeout: 0s}", s -> s.conntrack().tcpEstablished(), "PT0S"),
        new Means(
            "conntrack: {tcpCloseWaitTimeout: 5s}", s -> s.conntrack().tcpCloseWait(), "PT5S"),
        new Means("conntrack: {tcpBeLiberal: true}", s -> s.conntrack().tcpBeLiberal(), "true"),
        new Means("conntrack: {udpTimeout: 9s}", s -> s.conntrack().udp(), "PT9S"),
        new Means("conntrack: {udpStreamTimeout: 9s}", s -> s.conntrack().udpStream(), "PT9S"),
        new Means("logging: {verbosity: 4}", Settings::verbosity, "4"));
  }

  @ParameterizedTest
  @MethodSource("meanings")
  void eachFieldIsTheFlagOfItsName(Means row) throws IOException {
    RunArguments.Accepted read = accepted(KUBE_PROXY + row.lines);

    assertEquals(row.expect, String.valueOf(row.part.apply(read.settings())));
    assertEquals(List.of(), read.warnings());
  }

  /** Lines of a KubeProxyConfiguration, and what is said of them after the file and the line. */
  record Wrong(String lines, String expect) {}

  static Stream<Wrong> wrong() {
    return Stream.of(
        new Wrong("configSyncPeriod: -1s", "configSyncPeriod: \"-1s\": must be longer than 0s"),
        new Wrong(
            "iptables: {syncPeriod: -1s}", "iptables.syncPeriod: \"-1s\": must be longer than 0s"),
        new Wrong(
            "iptables: {minSyncPeriod: -1s}",
            "iptables.minSyncPeriod: \"-1s\": must not be negative"),
        new Wrong(
            "iptables: {minSyncPeriod: 31s}",
            "iptables.minSyncPeriod: \"31s\": must not exceed iptables.syncPeriod"),
        new Wrong(
            "nftables: {masqueradeBit: 32}",
            "nftables.masqueradeBit: \"32\": must be a number from 0 to 31"),
        new Wrong("ipvs: {syncPeriod: -1s}", "ipvs.syncPeriod: \"-1s\": must be longer than 0s"),
        new Wrong(
            "ipvs: {minSyncPeriod: -1s}", "ipvs.minSyncPeriod: \"-1s\": must not be negative"),
        new Wrong(
            "ipvs: {minSyncPeriod: 31s}",
            "ipvs.minSyncPeriod: \"31s\": must not exceed --ipvs-sync-period, which is 30s"),
        new Wrong(
            "ipvs: {syncPeriod: 30}",
            "ipvs.syncPeriod: \"30\": must be a duration such as \"30s\" or \"1m30s\""),
        new Wrong("ipvs: {tcpTimeout: -1s}", "ipvs.tcpTimeout: \"-1s\": must not be negative"),
        new Wrong(
            "ipvs: {excludeCIDRs: [10.0.0.0/33]}",
            "ipvs.excludeCIDRs: \"10.0.0.0/33\": must be CIDRs such as 10.0.0.0/8, with commas between them"),
        new Wrong(
            "ipvs: {excludeCIDRs: 10.0.0.0/8}",
            "ipvs.excludeCIDRs: \"10.0.0.0/8\": must be a list"),
        new Wrong(
            "ipvs: {strictARP: 'true'}",
            "ipvs.strictARP: \"true\": must be true or false, without quotes"),
        new Wrong("bindAddress: here", "bindAddress: \"here\": must be an IP address"),
        new Wrong(
            "healthzBindAddress: 0.0.0.0:0",
            "healthzBindAddress: \"0.0.0.0:0\": must be IP:port, such as 0.0.0.0:10256, or empty for none"),
        new Wrong(
            "metricsBindAddress: host:1",
            "metricsBindAddress: \"host:1\": must be IP:port, such as 127.0.0.1:10249, or empty for none"),
        new Wrong(
            "iptables: {masqueradeBit: 32}",
            "iptables.masqueradeBit: \"32\": must be a number from 0 to 31"),
        new Wrong(
            "iptables: {masqueradeBit: '14'}",
            "iptables.masqueradeBit: \"14\": must be a number, without quotes"),
        new Wrong("oomScoreAdj: -1001", "oomScoreAdj: \"-1001\": must be from -1000 to 1000"),
        new Wrong(
            "conntrack: {maxPerCore: -1}",
            "conntrack.maxPerCore: \"-1\": must be a number from 0 to 2147483647"),
        new Wrong(
            "conntrack: {min: -1}", "conntrack.min: \"-1\": must be a number from 0 to 2147483647"),
        new Wrong(
            "conntrack: {tcpEstablishedTimeout: -1s}",
            "conntrack.tcpEstablishedTimeout: \"-1s\": must not be negative"),
        new Wrong(
            "conntrack: {udpTimeout: -1s}", "conntrack.udpTimeout: \"-1s\": must not be negative"),
        new Wrong(
            "mode: userspace", "mode: \"userspace\": must be ipvs: Fairlead has no other mode"),
        new Wrong(
            "nodePortAddresses: [here]",
            "nodePortAddresses: \"here\": must be CIDRs such as 192.0.2.0/24, or primary, localhost or all, with commas between them"),
        new Wrong(
            "detectLocalMode: Guess",
            "detectLocalMode: \"Guess\": must be ClusterCIDR, NodeCIDR, BridgeInterface or InterfaceNamePrefix"),
        new Wrong(
            "clusterCIDR: 10.0.0.0",
            "clusterCIDR: \"10.0.0.0\": must be CIDRs such as 10.0.0.0/8, with commas between them"),
        new Wrong(
            "clusterCIDR: '10.0.0.0/8,10.1.0.0/16'",
            "clusterCIDR: \"10.0.0.0/8,10.1.0.0/16\": must hold two CIDRs of different families, IPv4 and IPv6"),
        new Wrong(
            "clientConnection: {burst: -1}",
            "clientConnection.burst: \"-1\": must not be negative"),
        new Wrong(
            "showHiddenMetricsForVersion: new",
            "showHiddenMetricsForVersion: \"new\": must be a version such as 1.30"),
        new Wrong(
            "hostnameOverride: 7", "hostnameOverride: \"7\": must be text, in quotes if need be"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void aValueThatIsWrongIsNamedWithItsPlaceAndWhatWouldBeRight(Wrong row) throws IOException {
    String problem = refused(KUBE_PROXY + row.lines).getFirst();

    String said = file + ", line 3: " + row.expect;
    assertEquals(said, problem.substring(0, Math.min(said.length(), problem.length())));
  }

  @Test
  void inBridgeAndPrefixModeANameIsNeeded() throws IOException {
    assertEquals(
        List.of(
            "--pod-bridge-interface=: must be a device's name, such as cni0, at most 15 letters,"
                + " with %s, line 3: detectLocalMode: \"BridgeInterface\"".formatted(file)),
        refused(KUBE_PROXY + "detectLocalMode: BridgeInterface"));
  }

  @Test
  void whatNobodyKnowsOrStandsTwiceIsAWarning() throws IOException {
    RunArguments.Accepted read =
        accepted(KUBE_PROXY + "ipvs:\n  schedular: lc\nmode: ipvs\nmode: ipvs\nfuture: {a: [1]}\n");

    assertEquals(
        List.of(
            file + ", line 6: mode is given twice; the last one counts",
            file
                + ", line 4: ipvs.schedular: no such field; it is ignored; did you mean"
                + " ipvs.scheduler?",
            file + ", line 7: future.a: no such field; it is ignored"),
        read.warnings());
  }

  @Test
  void anotherModeOfKubeProxyIsAWarning() throws IOException {
    assertEquals(
        List.of(file + ", line 3: mode: iptables is kube-proxy's; Fairlead serves by IPVS"),
        accepted(KUBE_PROXY + "mode: iptables").warnings());
  }

  @Test
  void besideTheFileOnlyTheHostNameAndTheVerbosityAndFairleadsOwnFlagsCount() throws IOException {
    RunArguments.Accepted read =
        accepted(
            KUBE_PROXY + "hostnameOverride: file\nipvs: {scheduler: mh}\nlogging: {verbosity: 2}",
            "--hostname-override=flag --ipvs-scheduler=lc --masquerade-all -v=4 --drain-limit=5s");

    assertEquals("flag", read.settings().nodeName());
    assertEquals("mh", read.settings().ipvs().scheduler());
    assertEquals(false, read.settings().masquerade().all());
    assertEquals(4, read.settings().verbosity());
    assertEquals("PT5S", read.settings().ipvs().drainLimit().toString());
    assertEquals(
        List.of(
            "--ipvs-scheduler is ignored: --config says how kube-proxy is to run",
            "--masquerade-all is ignored: --config says how kube-proxy is to run"),
        read.warnings());
  }

  @Test
  void fairleadsOwnSettingsAreADocumentOfTheirOwn() throws IOException {
    RunArguments.Accepted read =
        accepted(
            FAIRLEAD
                + "drainLimit: 90s\ndrainCheckInterval: 5s\nfwmarkRange: 0x10-0xff\n"
                + "ownershipRecord: /x/y\n---\n"
                + KUBE_PROXY
                + "ipvs: {scheduler: lc}");

    assertEquals("PT1M30S", read.settings().ipvs().drainLimit().toString());
    assertEquals("PT5S", read.settings().ipvs().drainCheckInterval().toString());
    assertEquals(0x10, read.settings().marks().first());
    assertEquals("/x/y", read.settings().ownershipRecord().toString());
    assertEquals("lc", read.settings().ipvs().scheduler());
  }

  @Test
  void withoutKubeProxysDocumentItsFlagsCount() throws IOException {
    RunArguments.Accepted read = accepted(FAIRLEAD + "drainLimit: 90s", "--ipvs-scheduler=lc");

    assertEquals("lc", read.settings().ipvs().scheduler());
    assertEquals(List.of(), read.warnings());
  }

  @Test
  void anotherKindOrNoneOrNoFileIsAnError() throws IOException {
    assertEquals(
        List.of(
            file
                + ": a document has apiVersion \"v1\" and kind \"ConfigMap\": must be one of"
                + " kubeproxy.config.k8s.io/v1alpha1 KubeProxyConfiguration, and one of"
                + " fairlead.io/v1alpha1 FairleadConfiguration"),
        refused("apiVersion: v1\nkind: ConfigMap\n"));
    assertEquals(
        List.of(file + ": is empty: must hold a KubeProxyConfiguration or a FairleadConfiguration"),
        refused(""));
    Files.delete(file);
    assertEquals(List.of(file + ": there is no such file"), refused());
  }

  @Test
  void whatIsNoYamlIsToldWithItsLine() throws IOException {
    String problem = refused(KUBE_PROXY + "ipvs: [").getFirst();

    assertEquals(
        file + ": cannot be read: ", problem.substring(0, (file + ": cannot be read: ").length()));
  }

  private RunArguments.Accepted accepted(String text) throws IOException {
    return accepted(text, "");
  }

  private RunArguments.Accepted accepted(String text, String flags) throws IOException {
    Files.writeString(file, text);
    return assertInstanceOf(RunArguments.Accepted.class, read(flags));
  }

  private List<String> refused(String text) throws IOException {
    Files.writeString(file, text);
    return refused();
  }

  private List<String> refused() {
    return assertInstanceOf(RunArguments.Refused.class, read("")).problems();
  }

  private RunArguments read(String flags) {
    List<String> arguments = new ArrayList<>(List.of("--config=" + file));
    Splitter.on(' ').omitEmptyStrings().split(flags).forEach(arguments::add);
    return RunArguments.read(arguments, () -> "host");
  }

  private static String of(String text) {
    return "Optional[" + text + "]";
  }

  private static String nodePorts(String choice) {
    return "NodePortAddresses[choices=[" + choice + "[]]]";
  }
}
