package io.fairlead.proxier.settings;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the arguments of {@code fairlead run} come to. They are read without picocli, which would
 * stay in the daemon's memory for good.
 */
public sealed interface RunArguments {
  /**
   * All is well.
   *
   * @param warnings what is ignored, and why
   * @param config the configuration file that was read
   */
  record Accepted(Settings settings, ImmutableList<String> warnings, Optional<Path> config)
      implements RunArguments {}

  /** {@code --help} was among them; {@code text} is to be printed. */
  record HelpWanted(String text) implements RunArguments {}

  /** Some are wrong: all problems, each naming the flag, its value and what would be right. */
  record Refused(ImmutableList<String> problems) implements RunArguments {}

  /**
   * Reads the arguments that follow {@code run}.
   *
   * @param hostname the machine's name, asked for only without {@code --hostname-override}
   */
  static RunArguments read(List<String> arguments, Supplier<String> hostname) {
    GivenFlags given = GivenFlags.read(arguments);
    var warnings = ImmutableList.<String>builder();
    Optional<Path> config = given.ifGiven(Flag.CONFIG).map(Path::of);
    Optional<ConfigFile> file = config.map(ConfigFile::read);
    if (file.isPresent()) {
      warnings.addAll(file.get().warnings()).addAll(given.ignored(file.get()));
      given = given.with(file.get());
    }
    SettingsReader reader = new SettingsReader(given);
    if (reader.helpWanted()) {
      return new HelpWanted(HelpText.text());
    }
    Settings settings = reader.settings(hostname);
    ImmutableList<String> problems =
        ImmutableList.<String>builder().addAll(given.problems()).addAll(reader.problems()).build();
    return problems.isEmpty()
        ? new Accepted(settings, warnings.build(), config)
        : new Refused(problems);
  }
}
