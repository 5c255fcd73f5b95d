package io.fairlead.proxier.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetlinkException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandsTest {
  /** What a command printed, both streams together, and its exit status. */
  private record Printed(int status, String text) {}

  @Test
  void argumentsAreAnsweredWithHelpAVersionOrWhatIsWrong() {
    record Case(String arguments, int status, List<String> says) {}

    for (Case row :
        List.of(
            new Case("", 0, List.of("Usage: fairlead", "run", "status", "cleanup")),
            new Case("--help", 0, List.of("Usage: fairlead", "run", "status", "cleanup")),
            new Case("--version", 0, List.of("fairlead (not packaged)")),
            new Case("status --help", 0, List.of("--metrics-bind-address", "127.0.0.1:10249")),
            new Case("cleanup --help", 0, List.of("--ownership-record", "/run/fairlead/owned")),
            new Case("stauts", 2, List.of("'stauts'", "fairlead status")),
            new Case("status --no-such", 2, List.of("Unknown option: '--no-such'")),
            new Case("cleanup now", 2, List.of("'now'")))) {
      Printed printed = execute(row.arguments().isEmpty() ? new String[0] : words(row.arguments()));

      assertEquals(row.status(), printed.status(), row.arguments());
      row.says()
          .forEach(part -> assertTrue(printed.text().contains(part), () -> part + printed.text()));
    }
  }

  @Test
  void aFailureIsOneLineThatSaysWhatToDo() {
    record Case(Exception failure, String line) {}
    var eperm = new NetlinkException("read virtual servers", Errno.EPERM);
    String asRoot = "; run it as root on the host, or in the daemon's own container";

    for (Case row :
        List.of(
            new Case(eperm, "read virtual servers: EPERM" + asRoot),
            new Case(new DataplaneException("read: EPERM", eperm), "read: EPERM" + asRoot),
            new Case(new NetlinkException("find IPVS", Errno.ENOENT), "find IPVS: ENOENT"),
            new Case(new IllegalStateException(), "java.lang.IllegalStateException"))) {
      assertEquals(row.line(), Commands.line(row.failure()));
    }
  }

  private static String[] words(String arguments) {
    return arguments.split(" ", -1);
  }

  private static Printed execute(String... arguments) {
    var text = new ByteArrayOutputStream();
    PrintStream out = System.out;
    PrintStream err = System.err;
    try (var both = new PrintStream(text, true, UTF_8)) {
      System.setOut(both);
      System.setErr(both);
      int status = Commands.execute(arguments);
      return new Printed(status, text.toString(UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }
}
