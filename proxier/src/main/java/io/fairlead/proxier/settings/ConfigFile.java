package io.fairlead.proxier.settings;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.fairlead.proxier.settings.ConfigDocument.Kind;
import io.fairlead.proxier.settings.ConfigDocument.Value;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a configuration file says, as values of flags. Like kube-proxy it is strict first: a field
 * that nobody knows, or that is given twice, is told; and lenient then, since a newer or older
 * kubeadm may have written it. A value that is wrong is an error.
 *
 * @param values of flags, as text
 * @param places where each of them stands, in words
 * @param isKubeProxys whether the file says how kube-proxy is to run: its flags do not count then
 * @param warnings what is ignored, and why
 * @param problems what is wrong
 */
record ConfigFile(
    Map<Flag, String> values,
    Map<Flag, String> places,
    boolean isKubeProxys,
    ImmutableList<String> warnings,
    ImmutableList<String> problems) {
  private static final String KUBE_PROXY_VERSION = "kubeproxy.config.k8s.io/v1alpha1";
  private static final String KUBE_PROXY_KIND = "KubeProxyConfiguration";
  private static final String FAIRLEAD_VERSION = "fairlead.io/v1alpha1";
  private static final String FAIRLEAD_KIND = "FairleadConfiguration";
  private static final ImmutableSet<String> TYPE = ImmutableSet.of("apiVersion", "kind");
  private static final ImmutableSet<String> OTHER_MODES = ImmutableSet.of("iptables", "nftables");

  /** Reads a file, and never throws: what is wrong with it is a problem. */
  static ConfigFile read(Path path) {
    Reader reader = new Reader(path);
    try {
      for (ConfigDocument document : ConfigDocument.read(path)) {
        reader.take(document);
      }
      reader.end();
    } catch (NoSuchFileException e) {
      reader.problems.add(path + ": there is no such file");
    } catch (IOException e) {
      reader.problems.add(path + ": cannot be read: " + e.getMessage());
    }
    return new ConfigFile(
        Maps.immutableEnumMap(reader.values),
        Maps.immutableEnumMap(reader.places),
        reader.isKubeProxys,
        ImmutableList.copyOf(reader.warnings),
        ImmutableList.copyOf(reader.problems));
  }

  private static final class Reader {
    private final Path path;
    private final Map<Flag, String> values = new EnumMap<>(Flag.class);
    private final Map<Flag, String> places = new EnumMap<>(Flag.class);
    private final List<String> warnings = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private boolean isKubeProxys;
    private boolean isFairleads;

    Reader(Path path) {
      this.path = path;
    }

    void take(ConfigDocument document) {
      String version = document.text("apiVersion");
      String kind = document.text("kind");
      if (version.equals(KUBE_PROXY_VERSION) && kind.equals(KUBE_PROXY_KIND) && !isKubeProxys) {
        isKubeProxys = true;
        fields(document, ConfigField.KUBE_PROXY);
        mode(document);
        if (problems.isEmpty()) { // else a value may not be what the rules take it for
          KubeProxyRules.check(document, this::wrong);
        }
      } else if (version.equals(FAIRLEAD_VERSION) && kind.equals(FAIRLEAD_KIND) && !isFairleads) {
        isFairleads = true;
        fields(document, ConfigField.FAIRLEAD);
      } else {
        problems.add(
            "%s: a document has apiVersion \"%s\" and kind \"%s\": must be one of %s %s, and one of"
                    .formatted(path, version, kind, KUBE_PROXY_VERSION, KUBE_PROXY_KIND)
                + " %s %s".formatted(FAIRLEAD_VERSION, FAIRLEAD_KIND));
      }
    }

    void end() {
      if (!isKubeProxys && !isFairleads && problems.isEmpty()) {
        problems.add(
            "%s: is empty: must hold a %s or a %s".formatted(path, KUBE_PROXY_KIND, FAIRLEAD_KIND));
      }
    }

    private void fields(ConfigDocument document, ImmutableList<ConfigField> known) {
      for (Value twice : document.repeated()) {
        warnings.add(place(twice) + " is given twice; the last one counts");
      }
      for (Value value : document.fields().values()) {
        Optional<ConfigField> field =
            known.stream().filter(it -> it.covers(value.path())).findFirst();
        if (field.isPresent()) {
          field(field.get(), value);
        } else if (!TYPE.contains(value.path())) {
          warnings.add(place(value) + ": no such field; it is ignored" + closest(value, known));
        }
      }
    }

    private static String closest(Value value, ImmutableList<ConfigField> known) {
      return ClosestFlag.of(value.path(), known.stream().map(ConfigField::path).toList())
          .map(path -> "; did you mean " + path + "?")
          .orElse("");
    }

    private void field(ConfigField field, Value value) {
      if (value.kind() == Kind.NONE) {
        return; // as kubeadm writes what it leaves to the default
      }
      Optional<String> flaw = flaw(field.type(), value);
      if (flaw.isPresent()) {
        wrong(value, flaw.get());
      } else if (field.flag().isPresent() && !isDefault(field, value)) {
        values.put(field.flag().get(), value.text());
        places.put(field.flag().get(), place(value));
      }
    }

    private static boolean isDefault(ConfigField field, Value value) {
      return switch (field.type()) {
        case TEXT, LIST -> value.text().isEmpty();
        case DURATION -> field.zeroIsDefault() && GoDuration.parse(value.text()).isZero();
        case NUMBER, SWITCH, ANY -> false;
      };
    }

    private static Optional<String> flaw(ConfigField.Type type, Value value) {
      return switch (type) {
        case TEXT -> unless(value.kind() == Kind.TEXT, "must be text, in quotes if need be");
        case NUMBER -> unless(value.kind() == Kind.NUMBER, "must be a number, without quotes");
        case SWITCH -> unless(value.kind() == Kind.SWITCH, "must be true or false, without quotes");
        case LIST -> unless(value.kind() == Kind.LIST, "must be a list");
        case DURATION ->
            unless(isDuration(value), "must be a duration such as \"30s\" or \"1m30s\"");
        case ANY -> Optional.empty();
      };
    }

    private static boolean isDuration(Value value) {
      try {
        var _ = GoDuration.parse(value.text());
        return value.kind() == Kind.TEXT; // and no number, of which nobody knows the unit
      } catch (IllegalArgumentException e) {
        return false;
      }
    }

    private static Optional<String> unless(boolean isRight, String rule) {
      return isRight ? Optional.empty() : Optional.of(rule);
    }

    /** A cluster that is to be taken over may have run another mode: that is no error. */
    private void mode(ConfigDocument document) {
      document
          .field("mode")
          .filter(mode -> OTHER_MODES.contains(mode.text()))
          .ifPresent(mode -> {
            values.remove(Flag.PROXY_MODE);
            warnings.add(
                "%s: %s is kube-proxy's; Fairlead serves by IPVS"
                    .formatted(place(mode), mode.text()));
          });
    }

    private void wrong(Value value, String rule) {
      problems.add("%s: \"%s\": %s".formatted(place(value), value.text(), rule));
    }

    private String place(Value value) {
      return path + ", line " + value.line() + ": " + value.path();
    }
  }
}
