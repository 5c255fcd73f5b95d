package io.fairlead.proxier.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.fairlead.proxier.settings.RunArguments;
import io.fairlead.proxier.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The limits of connection tracking, and what is done with them. */
class ConntrackPlanTest {
  @TempDir Path root = Path.of("");

  /** The flags, the number of processors, and the parameters without their common beginning. */
  record Case(String flags, int processors, String expect) {}

  static Stream<Case> cases() {
    String timeouts = " tcp_timeout_established=86400 tcp_timeout_close_wait=3600";
    String keep = "--conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0 ";
    return Stream.of(
        new Case("", 1, "max=131072" + timeouts),
        new Case("", 4, "max=131072" + timeouts),
        new Case("", 8, "max=262144" + timeouts),
        new Case("", 1_000_000, "max=2147483647" + timeouts),
        new Case(keep + "--conntrack-max-per-core=100 --conntrack-min=0", 8, "max=800"),
        new Case(keep + "--conntrack-max-per-core=0 --conntrack-min=99", 8, ""),
        new Case(
            keep
                + "--conntrack-max-per-core=0 --conntrack-udp-timeout=20s"
                + " --conntrack-udp-timeout-stream=3m --conntrack-tcp-be-liberal",
            8,
            "udp_timeout=20 udp_timeout_stream=180 tcp_be_liberal=1"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void followsKubeProxy(Case c) {
    ImmutableList<Sysctl> plan = ConntrackPlan.of(settings(c.flags).conntrack(), c.processors);

    assertEquals(
        c.expect,
        plan.stream()
            .map(it -> it.toString().replace("net.netfilter.nf_conntrack_", ""))
            .collect(Collectors.joining(" ")));
    assertTrue(plan.stream().allMatch(it -> it.need() == Sysctl.Need.ADVISED));
  }

  @ParameterizedTest
  @CsvSource({"0,1", "0-3,4", "'0-3,8',5", "'0,2-3,5-7',6", "'',0", "x,0", "'0-3,',4", "3-x,0"})
  void countsTheProcessorsThatAreOnline(String list, int count) {
    assertEquals(count, Processors.count(list));
  }

  @Test
  void theProcessorsAreThoseOfTheMachine() throws IOException {
    assertEquals(Runtime.getRuntime().availableProcessors(), Processors.online(root));

    write("sys/devices/system/cpu/online", "0-1023\n");
    assertEquals(1024, Processors.online(root));
  }

  @ParameterizedTest
  @CsvSource({"16384,32768", "32768,32768", "65536,65536"})
  void bucketsGrowToAQuarterAndNeverShrink(String before, String after) throws IOException {
    Path hashsize = write("sys/module/nf_conntrack/parameters/hashsize", before);

    assertEquals(Optional.empty(), new ConntrackBuckets(root).growFor(131072));
    assertEquals(after, Files.readString(hashsize));
  }

  @Test
  void bucketsThatCannotGrowAreAWarningWithTheCommand() {
    String problem = new ConntrackBuckets(root).growFor(131072).orElseThrow();

    assertTrue(problem.startsWith("nf_conntrack hashsize 32768 cannot be set: "), problem);
    assertTrue(problem.contains("the host's own network namespace"), problem);
  }

  @Test
  void aStartSetsThemAndRefusesNothing() throws IOException {
    write("sys/devices/system/cpu/online", "0-7");
    Path max = write("proc/sys/net/netfilter/nf_conntrack_max", "65536");
    Path hashsize = write("sys/module/nf_conntrack/parameters/hashsize", "16384");
    Settings settings = settings("--ownership-record=" + root.resolve("run/owned"));

    ImmutableList<String> problems =
        new HostSetup(root).setParameters(KernelVersion.parse("6.1.0"), settings);

    assertEquals("262144", Files.readString(max));
    assertEquals("65536", Files.readString(hashsize));
    assertFalse(problems.stream().anyMatch(it -> it.contains("conntrack_")), problems::toString);
    assertTrue(problems.stream().anyMatch(it -> it.contains("ip_forward")), problems::toString);
    assertEquals(
        "net/netfilter/nf_conntrack_max 65536 262144\n",
        Files.readString(root.resolve("run/sysctls")));
  }

  @Test
  void bucketsStayAsTheyAreWithoutTheLimit() throws IOException {
    Path max = root.resolve("proc/sys/net/netfilter/nf_conntrack_max");
    Files.createDirectories(root.resolve("proc/sys/net/netfilter"));
    Files.createSymbolicLink(max, Path.of("/proc/sys/kernel/ostype")); // nobody may write this
    Path hashsize = write("sys/module/nf_conntrack/parameters/hashsize", "16384");

    new HostSetup(root)
        .setParameters(
            KernelVersion.parse("6.1.0"),
            settings("--ownership-record=" + root.resolve("run/owned")));

    assertEquals("16384", Files.readString(hashsize));
  }

  private Path write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }

  private static Settings settings(String flags) {
    RunArguments read =
        RunArguments.read(Splitter.on(' ').omitEmptyStrings().splitToList(flags), () -> "node1");
    return assertInstanceOf(RunArguments.Accepted.class, read).settings();
  }
}
