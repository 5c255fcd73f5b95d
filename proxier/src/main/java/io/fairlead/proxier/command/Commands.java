package io.fairlead.proxier.command;

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
        .setExecutionExceptionHandler((failure, commandLine, _) -> {
          commandLine
              .getErr()
              .println("fairlead " + commandLine.getCommandName() + ": " + failure.getMessage());
          return 1;
        })
        .execute(arguments.length == 0 ? new String[] {"--help"} : arguments);
  }

  /** Reads its own flags, before picocli is loaded. */
  @Command(
      name = "run",
      description =
          "Keep this node's IPVS as the cluster says. `fairlead run --help` has the flags.")
  static final class Run {}
}
