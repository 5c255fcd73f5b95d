package io.fairlead.proxier;

import io.fairlead.proxier.command.Commands;
import io.fairlead.proxier.log.Logging;
import io.fairlead.proxier.settings.RunArguments;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The command {@code fairlead}. {@code run} is told apart here, before picocli is loaded: the
 * daemon would carry it in memory for good.
 */
public final class Fairlead {
  private static final int CANNOT_START = 1;
  private static final int USAGE = 2;

  private Fairlead() {}

  public static void main(String[] args) throws InterruptedException {
    List<String> arguments = Arrays.asList(args);
    int status =
        switch (arguments.isEmpty() ? "" : arguments.getFirst()) {
          case "run" -> run(arguments.subList(1, arguments.size()));
          case "rehearse" -> rehearse();
          default -> command(args);
        };
    System.exit(status);
  }

  /** For the launcher, which has the JVM keep what it learns; see its script. */
  private static int rehearse() throws InterruptedException {
    Logging.configure(0);
    try {
      Rehearsal.perform();
      return 0;
    } catch (IOException | CannotStartException e) {
      System.err.println("fairlead rehearse: " + e.getMessage());
      return CANNOT_START;
    }
  }

  private static int command(String[] arguments) {
    Logging.configure(0);
    return Commands.execute(arguments);
  }

  private static int run(List<String> arguments) throws InterruptedException {
    return switch (RunArguments.read(arguments, Fairlead::hostname)) {
      case RunArguments.HelpWanted(String text) -> {
        System.out.print(text);
        yield 0;
      }
      case RunArguments.Refused refused -> {
        refused.problems().forEach(problem -> System.err.println("fairlead run: " + problem));
        System.err.println("`fairlead run --help` lists all flags.");
        yield USAGE;
      }
      case RunArguments.Accepted accepted ->
          new ConfiguredRun(() -> RunArguments.read(arguments, Fairlead::hostname)).from(accepted);
    };
  }

  /** The kernel's own idea of the name, without asking any resolver if possible. */
  private static String hostname() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return InetAddress.getLoopbackAddress().getHostName();
    }
  }
}
