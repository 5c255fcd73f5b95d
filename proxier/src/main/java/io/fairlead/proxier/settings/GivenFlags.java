package io.fairlead.proxier.settings;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Maps;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command line taken apart, its values still text. It reads as kube-proxy's own (pflag) does:
 * {@code --flag value}, {@code --flag=value}, {@code --switch}, {@code -v=2} and {@code -v2}; the
 * last of two wins; an underscore in a name is a dash.
 *
 * @param values only of flags that were given
 * @param places where those stand that a file gave, in words
 * @param problems what could not be read, each naming the argument
 */
record GivenFlags(
    Map<Flag, String> values, Map<Flag, String> places, ImmutableList<String> problems) {

  static GivenFlags read(List<String> arguments) {
    Reader reader = new Reader();
    for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
      reader.take(rest.next(), rest);
    }
    return new GivenFlags(
        Maps.immutableEnumMap(reader.values), Map.of(), ImmutableList.copyOf(reader.problems));
  }

  /** These, with what a configuration file says. */
  GivenFlags with(ConfigFile file) {
    Map<Flag, String> all = new EnumMap<>(Flag.class);
    all.putAll(file.values());
    Map<Flag, String> from = new EnumMap<>(Flag.class);
    from.putAll(file.places());
    values.forEach((flag, value) -> {
      if (!isIgnored(flag, file)) {
        all.put(flag, value);
        from.remove(flag);
      }
    });
    return new GivenFlags(
        Maps.immutableEnumMap(all),
        Maps.immutableEnumMap(from),
        ImmutableList.<String>builder().addAll(problems).addAll(file.problems()).build());
  }

  /** The flags that do not count beside the file, in words. */
  ImmutableList<String> ignored(ConfigFile file) {
    return values.keySet().stream()
        .filter(flag -> isIgnored(flag, file))
        .map(flag -> flag + " is ignored: --config says how kube-proxy is to run")
        .collect(ImmutableList.toImmutableList());
  }

  /** By kube-proxy's rule, which knows two exceptions. */
  private static boolean isIgnored(Flag flag, ConfigFile file) {
    return file.isKubeProxys()
        && flag != Flag.HOSTNAME_OVERRIDE
        && flag != Flag.VERBOSITY
        && ConfigField.KUBE_PROXY.stream().anyMatch(it -> it.flag().equals(Optional.of(flag)));
  }

  /** A flag as whoever gave it calls it: {@code --proxy-mode}, or a field and where it stands. */
  String name(Flag flag) {
    return places.getOrDefault(flag, flag.toString());
  }

  /** The same with its value. */
  String described(Flag flag) {
    return places.containsKey(flag)
        ? name(flag) + ": \"" + value(flag) + "\""
        : flag + "=" + value(flag);
  }

  /** The given value, or the default. */
  String value(Flag flag) {
    return values.getOrDefault(flag, flag.byDefault());
  }

  /** The given value unless it is blank; for flags whose default is "not given". */
  Optional<String> ifGiven(Flag flag) {
    return Optional.of(value(flag).strip()).filter(value -> !value.isEmpty());
  }

  /** What has been read so far. */
  private static final class Reader {
    private final Map<Flag, String> values = new EnumMap<>(Flag.class);
    private final List<String> problems = new ArrayList<>();

    void take(String argument, Iterator<String> rest) {
      if (!argument.startsWith("-") || argument.equals("-")) {
        problems.add("unexpected argument \"" + argument + "\": run takes only flags");
      } else if (argument.startsWith("-v")
          && !argument.startsWith("-v=")
          && !argument.equals("-v")) {
        flag("v", Optional.of(argument.substring(2)), rest);
      } else if (argument.equals("-h")) {
        flag("help", Optional.empty(), rest);
      } else {
        int equals = argument.indexOf('=');
        String dashed = equals < 0 ? argument : argument.substring(0, equals);
        Optional<String> value =
            equals < 0 ? Optional.empty() : Optional.of(argument.substring(equals + 1));
        flag(dashed.replaceFirst("^--?", "").replace('_', '-'), value, rest);
      }
    }

    private void flag(String name, Optional<String> attached, Iterator<String> rest) {
      Optional<Flag> known = Flag.named(name);
      if (known.isEmpty()) {
        problems.add(
            "unknown flag --"
                + name
                + ClosestFlag.to(name).map(f -> "; did you mean " + f + "?").orElse(""));
        return;
      }
      Flag flag = known.get();
      if (attached.isPresent()) {
        put(flag, attached.get());
      } else if (flag.isSwitch()) {
        put(flag, "true");
      } else if (rest.hasNext()) {
        put(flag, rest.next());
      } else {
        problems.add(flag + " needs a value: " + flag + " " + flag.operand());
      }
    }

    private void put(Flag flag, String value) {
      values.merge(flag, value, (old, next) -> flag.isList() ? old + "," + next : next);
    }
  }
}
