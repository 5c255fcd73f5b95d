package io.fairlead.proxier.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import io.fairlead.proxier.host.Sysctl.Need;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysctlsTest {
  private static final Sysctl FORWARD =
      new Sysctl("net/ipv4/ip_forward", 1, "packets are dropped", Need.REQUIRED);

  @TempDir Path procSys = Path.of("");
  private Path file = Path.of("");

  @BeforeEach
  void makeFolder() throws IOException {
    file = procSys.resolve("net/ipv4/ip_forward");
    Files.createDirectories(procSys.resolve("net/ipv4"));
  }

  @Test
  void oneThatIsRightIsNotWritten() throws IOException {
    // Not the form that this class writes, so a write would show.
    Files.writeString(file, "1\n");

    assertEquals(new SysctlOutcome.Right(FORWARD), set(FORWARD));
    assertEquals("1\n", Files.readString(file));
  }

  @Test
  void oneThatDiffersIsWritten() throws IOException {
    Files.writeString(file, "0\n");

    SysctlOutcome outcome = set(FORWARD);

    assertEquals(new SysctlOutcome.Changed(FORWARD, "0"), outcome);
    assertEquals("sysctl net.ipv4.ip_forward=1 set; it was 0", outcome.toString());
    assertEquals("1", Files.readString(file));
  }

  @Test
  void oneThatTheKernelDoesNotHaveIsFatalOnlyIfRequired() {
    assertEquals(new SysctlOutcome.Missing(FORWARD), set(FORWARD));
    assertTrue(set(FORWARD).isFatal());
    assertFalse(set(new Sysctl(FORWARD.key(), 1, "why", Need.ADVISED)).isFatal());
  }

  @Test
  void theIpvsOnesPointAtTheModule() {
    assertEquals(
        "sysctl net.ipv4.vs.conntrack=1: this kernel has no such parameter in this network"
            + " namespace; is the module ip_vs loaded? (why)",
        set(new Sysctl("net/ipv4/vs/conntrack", 1, "why", Need.REQUIRED)).toString());
  }

  @Test
  void oneThatCannotBeWrittenIsNamedWithWhatToDo() throws IOException {
    // The kernel lets nobody write kernel/ostype, not even root.
    Files.createSymbolicLink(file, Path.of("/proc/sys/kernel/ostype"));

    SysctlOutcome outcome = set(FORWARD);

    assertEquals(new SysctlOutcome.Refused(FORWARD, "Linux", "permission denied"), outcome);
    assertTrue(outcome.isFatal());
    assertEquals(
        "sysctl net.ipv4.ip_forward=1 cannot be set: permission denied; it is Linux. Run the"
            + " container with `privileged: true`, or `sysctl -w net.ipv4.ip_forward=1` on the"
            + " host (packets are dropped)",
        outcome.toString());
  }

  @Test
  void oneThatDoesNotKeepItsValueIsReported() throws IOException {
    Files.createSymbolicLink(file, Path.of("/dev/null"));

    assertEquals(new SysctlOutcome.Refused(FORWARD, "", "the kernel kept its value"), set(FORWARD));
  }

  @Test
  void oneThatFailsStopsNoOther() throws IOException {
    Files.writeString(file, "0");
    Sysctl missing = new Sysctl("net/none", 1, "why", Need.REQUIRED);

    assertEquals(
        ImmutableList.of(
            new SysctlOutcome.Missing(missing), new SysctlOutcome.Changed(FORWARD, "0")),
        new Sysctls(procSys).set(ImmutableList.of(missing, FORWARD)));
  }

  private SysctlOutcome set(Sysctl sysctl) {
    return new Sysctls(procSys).set(ImmutableList.of(sysctl)).getFirst();
  }
}
