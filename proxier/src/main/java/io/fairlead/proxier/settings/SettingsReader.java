package io.fairlead.proxier.settings;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.net.Cidr;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Makes settings of text, by the rules of kube-proxy's ValidateKubeProxyConfiguration. A value that
 * is wrong becomes a problem and its default, so that one run finds all problems.
 */
final class SettingsReader {
  private static final ImmutableSet<String> TRUE =
      ImmutableSet.of("1", "t", "T", "TRUE", "true", "True");
  private static final ImmutableSet<String> FALSE =
      ImmutableSet.of("0", "f", "F", "FALSE", "false", "False"); // both as Go's ParseBool

  // IP_VS_SCHEDNAME_MAXLEN is 16, with the NUL at the end.
  private static final Pattern SCHEDULER = Pattern.compile("[a-z0-9_-]{1,15}");

  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(596);
  private static final int HEALTHZ_PORT = 10256;
  private static final int METRICS_PORT = 10249;

  private final GivenFlags given;
  private final List<String> problems = new ArrayList<>();

  SettingsReader(GivenFlags given) {
    this.given = given;
  }

  /** What was wrong with the values asked for so far. */
  ImmutableList<String> problems() {
    return ImmutableList.copyOf(problems);
  }

  boolean helpWanted() {
    return isOn(Flag.HELP);
  }

  /** The settings; meaningful only if {@link #problems} is empty afterwards. */
  Settings settings(Supplier<String> hostname) {
    proxyMode();
    return new Settings(
        source(),
        nodeName(hostname),
        ipvs(),
        masquerade(),
        servers(),
        path(Flag.OWNERSHIP_RECORD).orElseGet(() -> Path.of(Flag.OWNERSHIP_RECORD.byDefault())),
        number(Flag.VERBOSITY, 0, 10));
  }

  private void proxyMode() {
    String mode = given.value(Flag.PROXY_MODE);
    if (!mode.isEmpty() && !mode.equals("ipvs")) {
      wrong(Flag.PROXY_MODE, "must be ipvs: Fairlead has no other mode");
    }
  }

  private Settings.Source source() {
    Optional<Path> manifests = path(Flag.MANIFESTS);
    Optional<Path> kubeconfig = path(Flag.KUBECONFIG);
    Optional<String> context = given.ifGiven(Flag.CONTEXT);
    Optional<String> master = master();
    if (manifests.isEmpty()) {
      if (context.isPresent() && kubeconfig.isEmpty()) {
        wrong(Flag.CONTEXT, "needs --kubeconfig, which holds the contexts");
      }
      return new Settings.Source.Kubernetes(kubeconfig, context, master);
    }
    for (Flag other : List.of(Flag.KUBECONFIG, Flag.CONTEXT, Flag.MASTER)) {
      if (given.ifGiven(other).isPresent()) {
        wrong(other, "cannot be used with --manifests: choose one source");
      }
    }
    return new Settings.Source.Manifests(manifests.get());
  }

  private Optional<String> master() {
    Optional<String> master = given.ifGiven(Flag.MASTER);
    if (master.isPresent() && !isHttp(master.get())) {
      wrong(Flag.MASTER, "must be a URL such as https://10.0.0.1:6443");
    }
    return master;
  }

  private static boolean isHttp(String text) {
    try {
      URI uri = URI.create(text);
      return uri.getHost() != null && text.matches("https?://.*");
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** By kube-proxy's rule, a Node's name is trimmed and lower case, wherever it comes from. */
  private String nodeName(Supplier<String> hostname) {
    boolean overridden = given.values().containsKey(Flag.HOSTNAME_OVERRIDE);
    String text = overridden ? given.value(Flag.HOSTNAME_OVERRIDE) : hostname.get();
    String name = text.strip().toLowerCase(Locale.ROOT);
    if (name.isEmpty() && overridden) {
      wrong(Flag.HOSTNAME_OVERRIDE, "is blank: give the name of this machine's Node object");
    } else if (name.isEmpty()) {
      problems.add(
          "this machine has no host name: give its Node object's name with --hostname-override");
    }
    return name;
  }

  private Settings.Ipvs ipvs() {
    Duration syncPeriod = positive(Flag.SYNC_PERIOD);
    Duration minSyncPeriod = notNegative(Flag.MIN_SYNC_PERIOD);
    if (minSyncPeriod.compareTo(syncPeriod) > 0) {
      wrong(
          Flag.MIN_SYNC_PERIOD,
          "must not exceed --ipvs-sync-period, which is " + given.value(Flag.SYNC_PERIOD));
    }
    return new Settings.Ipvs(
        scheduler(),
        syncPeriod,
        minSyncPeriod,
        isOn(Flag.STRICT_ARP),
        cidrs(Flag.EXCLUDE_CIDRS),
        new Settings.Timeouts(
            timeout(Flag.TCP_TIMEOUT), timeout(Flag.TCP_FIN_TIMEOUT), timeout(Flag.UDP_TIMEOUT)),
        positive(Flag.DRAIN_CHECK_INTERVAL));
  }

  /** Any name a kernel could have: schedulers are modules, and new ones need no new Fairlead. */
  private String scheduler() {
    String name = given.ifGiven(Flag.SCHEDULER).orElse(Flag.SCHEDULER.byDefault());
    if (!SCHEDULER.matcher(name).matches()) {
      wrong(Flag.SCHEDULER, "must be a scheduler's name, such as rr: a-z, 0-9, at most 15 letters");
    }
    return name;
  }

  private Settings.Masquerade masquerade() {
    ImmutableList<Cidr> cidrs = cidrs(Flag.CLUSTER_CIDR);
    if (cidrs.size() > 2) {
      wrong(Flag.CLUSTER_CIDR, "must hold at most two CIDRs, one of each family");
    } else if (cidrs.stream().map(Cidr::family).distinct().count() < cidrs.size()) {
      wrong(Flag.CLUSTER_CIDR, "must hold two CIDRs of different families, IPv4 and IPv6");
    }
    return new Settings.Masquerade(
        number(Flag.MASQUERADE_BIT, 0, 31), isOn(Flag.MASQUERADE_ALL), cidrs);
  }

  private Settings.Servers servers() {
    return new Settings.Servers(
        bindAddress(Flag.HEALTHZ_BIND_ADDRESS, HEALTHZ_PORT),
        bindAddress(Flag.METRICS_BIND_ADDRESS, METRICS_PORT),
        isOn(Flag.BIND_ADDRESS_HARD_FAIL));
  }

  private Optional<BindAddress> bindAddress(Flag flag, int defaultPort) {
    return given
        .ifGiven(flag)
        .flatMap(text ->
            read(
                flag,
                text,
                it -> BindAddress.parse(it, defaultPort),
                "must be IP:port, such as " + flag.byDefault() + ", or empty for none"));
  }

  private ImmutableList<Cidr> cidrs(Flag flag) {
    var cidrs = ImmutableList.<Cidr>builder();
    for (String text : Splitter.on(',').trimResults().omitEmptyStrings().split(given.value(flag))) {
      read(flag, text, Cidr::parse, "must be CIDRs such as 10.0.0.0/8, with commas between them")
          .ifPresent(cidrs::add);
    }
    return cidrs.build();
  }

  private Optional<Path> path(Flag flag) {
    return given
        .ifGiven(flag)
        .flatMap(text -> read(flag, text, SettingsReader::path, "must be a path"));
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private Duration positive(Flag flag) {
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
  private Duration timeout(Flag flag) {
    Duration value = notNegative(flag);
    if (value.toNanosPart() != 0 || value.compareTo(LONGEST_TIMEOUT) > 0) {
      wrong(flag, "must be whole seconds, at most 596h");
    }
    return value;
  }

  private Duration notNegative(Flag flag) {
    Duration value = duration(flag);
    if (value.isNegative()) {
      wrong(flag, "must not be negative");
      return GoDuration.parse(flag.byDefault());
    }
    return value;
  }

  private Duration duration(Flag flag) {
    return read(
            flag,
            given.value(flag),
            GoDuration::parse,
            "must be a duration such as 30s, 1m30s or 500ms")
        .orElseGet(() -> GoDuration.parse(flag.byDefault()));
  }

  private int number(Flag flag, int least, int most) {
    String rule = "must be a number from " + least + " to " + most;
    int value =
        read(flag, given.value(flag), Integer::parseInt, rule)
            .orElseGet(() -> Integer.parseInt(flag.byDefault()));
    if (value < least || value > most) {
      wrong(flag, rule);
    }
    return value;
  }

  private boolean isOn(Flag flag) {
    String value = given.value(flag);
    if (!TRUE.contains(value) && !FALSE.contains(value)) {
      wrong(flag, "must be true or false");
    }
    return TRUE.contains(value);
  }

  private <T> Optional<T> read(Flag flag, String text, Function<String, T> reader, String rule) {
    try {
      return Optional.of(reader.apply(text));
    } catch (IllegalArgumentException e) {
      // A number's own message says nothing that the rule does not say better.
      String why = e instanceof NumberFormatException ? "" : " (" + e.getMessage() + ")";
      wrong(flag, rule + why);
      return Optional.empty();
    }
  }

  private void wrong(Flag flag, String rule) {
    problems.add(flag + "=" + given.value(flag) + ": " + rule);
  }
}
