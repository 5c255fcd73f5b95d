package io.fairlead.proxier.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerKey.Marked;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.proxier.log.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnershipFileTest {
  private static final VirtualServerKey WEB =
      new Addressed(IpAddress.parse("192.0.2.7"), 80, Protocol.TCP);
  private static final VirtualServerKey DNS =
      new Addressed(IpAddress.parse("2001:db8::7"), 53, Protocol.UDP);
  private static final VirtualServerKey MARK = new Marked(0x80000001, Family.IPV6);
  private static final ImmutableSet<VirtualServerKey> ALL = ImmutableSet.of(WEB, DNS, MARK);

  @TempDir Path folder;
  private final LogLines log = LogLines.of(OwnershipFile.class.getName());

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void whatWasWrittenIsReadByTheNextRun() throws IOException {
    Path file = folder.resolve("not/there/yet/owned");
    new OwnershipFile(file).write(ALL);

    assertEquals(
        "TCP 192.0.2.7 80\nUDP 2001:db8::7 53\nFWM 2147483649 IPV6\n", Files.readString(file));
    assertEquals(ALL, new OwnershipFile(file).read());
    assertEquals(List.of(), log.take());
  }

  @Test
  void withoutAFileNothingIsOwned() {
    assertEquals(ImmutableSet.of(), new OwnershipFile(folder.resolve("owned")).read());
    assertEquals(List.of(), log.take());
  }

  @Test
  void nothingIsWrittenIfNothingIsOwned() {
    Path file = folder.resolve("owned");
    new OwnershipFile(file).write(ImmutableSet.of());

    assertFalse(Files.exists(file));
  }

  @Test
  void whatIsWrittenAlreadyIsNotWrittenAgain() throws IOException {
    Path file = folder.resolve("owned");
    OwnershipFile record = new OwnershipFile(file);
    record.write(ALL);
    Files.delete(file);

    record.write(ALL);

    assertFalse(Files.exists(file));
  }

  @Test
  void linesThatMakeNoSenseAreNamedAndTheRestHolds() throws IOException {
    Path file = folder.resolve("owned");
    Files.writeString(
        file,
        """
        TCP 192.0.2.7 80

        TCP 192.0.2.7 65536
        TCP 192.0.2.300 80
        ICMP 192.0.2.7 80
        FWM 77 IPV5
        FWM -1 IPV4
        TCP 192.0.2.7 80 rr
        UDP 2001:db8::7 53
        """);

    assertEquals(ImmutableSet.of(WEB, DNS), new OwnershipFile(file).read());
    List<String> lines = log.take();
    assertEquals(7, lines.size(), lines::toString);
    assertEquals(
        "W ownership record " + file + ": \"TCP 192.0.2.7 65536\" is not understood", lines.get(1));
  }

  @Test
  void aRecordThatCannotBeWrittenIsToldOnceAndWrittenWhenItCanBe() throws IOException {
    Path blocked = Files.writeString(folder.resolve("blocked"), "a file where a folder should be");
    Path file = blocked.resolve("owned");
    OwnershipFile record = new OwnershipFile(file);
    record.write(ImmutableSet.of(WEB));
    record.write(ALL);

    List<String> lines = log.take();
    assertEquals(2, lines.size(), lines::toString); // not readable either, which is told too

    Files.delete(blocked);
    record.write(ALL);
    assertEquals(ALL, new OwnershipFile(file).read());
  }
}
