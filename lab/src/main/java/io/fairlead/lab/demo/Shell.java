package io.fairlead.lab.demo;

import io.fairlead.lab.rig.Host;
import io.fairlead.lab.rig.Namespace.Printed;
import java.nio.file.Path;

/** A shell on one host, which finds the packaged command on its PATH. */
final class Shell {
  private final Stage stage;
  private final Host host;
  private final Path commands;

  /**
   * @param commands the folder of the command {@code fairlead}
   */
  Shell(Stage stage, Host host, Path commands) {
    this.stage = stage;
    this.host = host;
    this.commands = commands;
  }

  /** Types a command, shows what it prints, and returns that. A failure is a check that failed. */
  String type(String command) {
    stage.typed(command);
    Printed printed = run(command);
    stage.printed(printed.text());
    if (printed.status() != 0) {
      stage.check(false, command + " ends with status " + printed.status());
    }
    return printed.text();
  }

  /** Runs a command unseen. */
  Printed run(String command) {
    return host.namespace().attempt("env", "PATH=" + path(), "/bin/sh", "-c", command);
  }

  /** Types a command that goes on in the background. */
  Process start(String... command) {
    stage.typed(String.join(" ", command) + " &");
    return host.namespace()
        .call(() -> {
          ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
          builder.command().set(0, commands.resolve(command[0]).toString());
          return builder.start();
        });
  }

  private String path() {
    return commands + ":" + System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
  }
}
