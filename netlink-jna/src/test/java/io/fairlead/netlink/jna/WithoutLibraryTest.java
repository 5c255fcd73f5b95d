package io.fairlead.netlink.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.generic.GenericFamily;
import io.fairlead.netlink.jna.NetlinkOptions.Crossing;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The native library is a gain, never a need: a JVM that cannot find it works all the same. */
class WithoutLibraryTest {
  @Test
  void isLoadedInThisBuild() {
    assertEquals("", Netlink.whyNotNative().orElse(""));
  }

  @Test
  void itsAbsenceIsSaidAndDoesNotMatter() throws Exception {
    List<String> said = runWithoutLibrary();
    assertEquals("AUTOMATIC found nlctrl", said.getFirst());
    assertEquals("JNA found nlctrl", said.get(1));
    assertTrue(said.get(2).startsWith("load the native library: ENOENT ("), said.toString());
  }

  /** What the other JVM does: a line for each crossing. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) {
      for (Crossing crossing : Crossing.values()) {
        System.out.println(lookUp(crossing));
      }
    }

    private static String lookUp(Crossing crossing) {
      NetlinkOptions options = NetlinkOptions.DEFAULT.with(crossing);
      try (NetlinkConnection generic = Netlink.open(NetlinkConnection.GENERIC, options)) {
        return crossing + " found " + GenericFamily.find(generic, "nlctrl").name();
      } catch (NetlinkException e) {
        return String.valueOf(e.getMessage());
      }
    }
  }

  private static List<String> runWithoutLibrary() throws Exception {
    Path output = Files.createTempFile("without-library", ".txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPathWithoutLibrary(),
                Main.class.getName())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals(0, process.waitFor());
    List<String> lines = Files.readAllLines(output);
    Files.delete(output);
    return lines;
  }

  private static String classPathWithoutLibrary() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("fairlead-native") && !entry.contains("/native/"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
