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
  @TempDir Path run = Path.of("");
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
        sysctls().set(ImmutableList.of(missing, FORWARD)));
  }

  @Test
  void whatAParameterWasIsRecordedOnceAndPutBack() throws IOException {
    Files.writeString(file, "0\n");
    set(FORWARD);
    Files.writeString(file, "5\n"); // somebody meddles, and a second start corrects it
    set(FORWARD);
    assertEquals("net/ipv4/ip_forward 0 1\n", Files.readString(record()));

    assertEquals(
        ImmutableList.of(new SysctlReturn.PutBack(FORWARD.key(), "0")), sysctls().putBack());
    assertEquals("0", Files.readString(file));
    assertFalse(Files.exists(record()));
    assertEquals(ImmutableList.of(), sysctls().putBack());
  }

  @Test
  void aLaterStartThatWantsAnotherValueKeepsTheFirstOne() throws IOException {
    Files.writeString(file, "0");
    set(FORWARD);
    set(new Sysctl(FORWARD.key(), 2, "why", Need.REQUIRED));
    assertEquals("net/ipv4/ip_forward 0 2\n", Files.readString(record()));

    sysctls().putBack();
    assertEquals("0", Files.readString(file));
  }

  @Test
  void whatWasRightFromTheStartIsNotPutBack() throws IOException {
    Files.writeString(file, "1");
    set(FORWARD);

    assertEquals(ImmutableList.of(), sysctls().putBack());
    assertFalse(Files.exists(record()));
  }

  @Test
  void whatSomebodyElseSetSinceStays() throws IOException {
    Files.writeString(file, "0");
    set(FORWARD);
    Files.writeString(file, "7");

    SysctlReturn outcome = sysctls().putBack().getFirst();

    assertEquals(new SysctlReturn.Left(FORWARD.key(), "7", "1"), outcome);
    assertEquals("sysctl net.ipv4.ip_forward left at 7: Fairlead had set 1", outcome.toString());
    assertEquals("7", Files.readString(file));
    assertFalse(Files.exists(record()));
  }

  @Test
  void whatCannotBePutBackIsKeptForAnotherTry() throws IOException {
    Files.createSymbolicLink(file, Path.of("/proc/sys/kernel/ostype"));
    Files.writeString(record(), "net/ipv4/ip_forward 0 1\n");
    assertEquals(
        ImmutableList.of(new SysctlReturn.Left(FORWARD.key(), "Linux", "1")), sysctls().putBack());

    Files.delete(file);
    Files.createDirectory(file); // readable by nobody as a file
    Files.writeString(record(), "net/ipv4/ip_forward 0 1\n");
    SysctlReturn outcome = sysctls().putBack().getFirst();
    assertEquals(
        "sysctl net.ipv4.ip_forward cannot be put back to 0: Is a directory", outcome.toString());
    assertTrue(Files.exists(record()));
  }

  @Test
  void aRecordThatIsNoneLeadsNowhere() throws IOException {
    Files.writeString(file, "1");
    Files.writeString(
        record(),
        "../../etc/passwd 0 1\nnet/../ipv4/ip_forward 0 1\nnet/ipv4/ip_forward 0 1; x\n\n");

    assertEquals(ImmutableList.of(), sysctls().putBack());
    assertEquals("1", Files.readString(file));
  }

  @Test
  void aRecordThatCannotBeWrittenIsNoReasonNotToSet() throws IOException {
    Files.writeString(file, "0");
    Files.createDirectory(record());
    Files.createFile(record().resolve("occupied"));

    assertEquals(new SysctlOutcome.Changed(FORWARD, "0"), set(FORWARD));
  }

  private SysctlOutcome set(Sysctl sysctl) {
    return sysctls().set(ImmutableList.of(sysctl)).getFirst();
  }

  private Sysctls sysctls() {
    return new Sysctls(procSys, SysctlRecord.beside(run.resolve("owned")));
  }

  private Path record() {
    return run.resolve("sysctls");
  }
}
