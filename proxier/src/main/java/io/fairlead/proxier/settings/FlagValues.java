package io.fairlead.proxier.settings;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.net.Cidr;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The values of flags by their kind. One that is wrong becomes a problem and its default, so that
 * one run finds all problems.
 */
final class FlagValues {
  private static final ImmutableSet<String> TRUE =
      ImmutableSet.of("1", "t", "T", "TRUE", "true", "True");
  private static final ImmutableSet<String> FALSE =
      ImmutableSet.of("0", "f", "F", "FALSE", "false", "False"); // both as Go's ParseBool

  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(596);

  private final GivenFlags given;
  private final List<String> problems = new ArrayList<>();

  FlagValues(GivenFlags given) {
    this.given = given;
  }

  /** What was wrong with the values asked for so far. */
  ImmutableList<String> problems() {
    return ImmutableList.copyOf(problems);
  }

  /** Takes note of a problem that no flag's value is to blame for. */
  void problem(String line) {
    problems.add(line);
  }

  boolean isGiven(Flag flag) {
    return given.values().containsKey(flag);
  }

  /** As given, or the default. */
  String text(Flag flag) {
    return given.value(flag);
  }

  /** A flag and its value. */
  String described(Flag flag) {
    return given.described(flag);
  }

  /** A flag as whoever gave it calls it. */
  String name(Flag flag) {
    return given.name(flag);
  }

  /** As given unless it is blank; for flags whose default is "not given". */
  Optional<String> ifGiven(Flag flag) {
    return given.ifGiven(flag);
  }

  /** The entries of a list with commas. */
  Iterable<String> entries(Flag flag) {
    return Splitter.on(',').trimResults().omitEmptyStrings().split(given.value(flag));
  }

  ImmutableList<Cidr> cidrs(Flag flag) {
    var cidrs = ImmutableList.<Cidr>builder();
    for (String text : entries(flag)) {
      read(flag, text, Cidr::parse, "must be CIDRs such as 10.0.0.0/8, with commas between them")
          .ifPresent(cidrs::add);
    }
    return cidrs.build();
  }

  Optional<Path> path(Flag flag) {
    return given
        .ifGiven(flag)
        .flatMap(text -> read(flag, text, FlagValues::path, "must be a path"));
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  Duration positive(Flag flag) {
    Duration value = duration(flag);
    if (!value.isPositive()) {
      wrong(flag, "must be longer than 0s");
      return GoDuration.parse(flag.byDefault());
    }
    return value;
  }

  /**
   * IPVS takes seconds; ip_vs_set_timeout refuses more than INT_MAX ticks, and HZ is up to 1000.
   */
  Duration timeout(Flag flag) {
    Duration value = notNegative(flag);
    if (value.toNanosPart() != 0 || value.compareTo(LONGEST_TIMEOUT) > 0) {
      wrong(flag, "must be whole seconds, at most 596h");
    }
    return value;
  }

  Duration notNegative(Flag flag) {
    Duration value = duration(flag);
    if (value.isNegative()) {
      wrong(flag, "must not be negative");
      return GoDuration.parse(flag.byDefault());
    }
    return value;
  }

  Duration duration(Flag flag) {
    return read(
            flag,
            given.value(flag),
            GoDuration::parse,
            "must be a duration such as 30s, 1m30s or 500ms")
        .orElseGet(() -> GoDuration.parse(flag.byDefault()));
  }

  int number(Flag flag, int least, int most) {
    String rule = "must be a number from " + least + " to " + most;
    int value =
        read(flag, given.value(flag), Integer::parseInt, rule)
            .orElseGet(() -> Integer.parseInt(flag.byDefault()));
    if (value < least || value > most) {
      wrong(flag, rule);
    }
    return value;
  }

  boolean isOn(Flag flag) {
    String value = given.value(flag);
    if (!TRUE.contains(value) && !FALSE.contains(value)) {
      wrong(flag, "must be true or false");
    }
    return TRUE.contains(value);
  }

  <T> Optional<T> read(Flag flag, String text, Function<String, T> reader, String rule) {
    try {
      return Optional.of(reader.apply(text));
    } catch (IllegalArgumentException e) {
      // A number's own message says nothing that the rule does not say better.
      String why = e instanceof NumberFormatException ? "" : " (" + e.getMessage() + ")";
      wrong(flag, rule + why);
      return Optional.empty();
    }
  }

  void wrong(Flag flag, String rule) {
    problems.add(given.described(flag) + ": " + rule);
  }
}
