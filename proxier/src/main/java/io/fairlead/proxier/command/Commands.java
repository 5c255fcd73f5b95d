package io.fairlead.proxier.command;

import com.google.common.base.Throwables;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetlinkException;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** All commands, for picocli. {@code run} is here for its line in the help only. */
@Command(
    name = "fairlead",
    description = "An IPVS service proxy and load balancer for bare-metal Kubernetes.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {Commands.Run.class, StatusCommand.class, CleanupCommand.class})
public final class Commands {
  private Commands() {}

  /**
   * Runs the command that the arguments name.
   *
   * @return the exit status: 0, 1 for a failure, 2 for wrong arguments
   */
  public static int execute(String... arguments) {
    return new CommandLine(new Commands())
        .setExecutionExceptionHandler((failure, command, _) -> {
          command.getErr().println("fairlead " + command.getCommandName() + ": " + line(failure));
          return 1;
        })
        .execute(arguments.length == 0 ? new String[] {"--help"} : arguments);
  }

  /** What went wrong and, where that is known, what to do; one line. */
  static String line(Throwable failure) {
    String message = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    return Throwables.getCausalChain(failure).stream()
            .anyMatch(cause -> cause instanceof NetlinkException e && e.errno() == Errno.EPERM)
        ? message + "; run it as root on the host, or in the daemon's own container"
        : message;
  }

  /** Reads its own flags, before picocli is loaded. */
  @Command(
      name = "run",
      description =
          "Keep this node's IPVS as the cluster says. `fairlead run --help` has the flags.")
  static final class Run {}
}
