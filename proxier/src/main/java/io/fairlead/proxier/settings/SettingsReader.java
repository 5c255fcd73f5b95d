package io.fairlead.proxier.settings;

import com.google.common.collect.ImmutableList;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Makes settings of text, by the rules of kube-proxy's ValidateKubeProxyConfiguration. */
final class SettingsReader {
  // IP_VS_SCHEDNAME_MAXLEN is 16, with the NUL at the end.
  private static final Pattern SCHEDULER = Pattern.compile("[a-z0-9_-]{1,15}");

  private static final int HEALTHZ_PORT = 10256;
  private static final int METRICS_PORT = 10249;

  private final FlagValues flags;

  SettingsReader(GivenFlags given) {
    this.flags = new FlagValues(given);
  }

  /** What was wrong with the values asked for so far. */
  ImmutableList<String> problems() {
    return flags.problems();
  }

  boolean helpWanted() {
    return flags.isOn(Flag.HELP);
  }

  /** The settings; meaningful only if {@link #problems} is empty afterwards. */
  Settings settings(Supplier<String> hostname) {
    proxyMode();
    Settings.Masquerade masquerade = masquerade();
    return new Settings(
        source(),
        nodeName(hostname),
        ipvs(),
        NodePortFlags.read(flags),
        MarkFlags.read(flags, masquerade.mark()),
        masquerade,
        conntrack(),
        servers(),
        flags
            .path(Flag.OWNERSHIP_RECORD)
            .orElseGet(() -> Path.of(Flag.OWNERSHIP_RECORD.byDefault())),
        flags.number(Flag.VERBOSITY, 0, 10));
  }

  private void proxyMode() {
    String mode = flags.text(Flag.PROXY_MODE);
    if (!mode.isEmpty() && !mode.equals("ipvs")) {
      flags.wrong(Flag.PROXY_MODE, "must be ipvs: Fairlead has no other mode");
    }
  }

  private Settings.Source source() {
    Optional<Path> manifests = flags.path(Flag.MANIFESTS);
    Optional<Path> kubeconfig = flags.path(Flag.KUBECONFIG);
    Optional<String> context = flags.ifGiven(Flag.CONTEXT);
    Optional<String> master = master();
    if (manifests.isEmpty()) {
      if (context.isPresent() && kubeconfig.isEmpty()) {
        flags.wrong(Flag.CONTEXT, "needs --kubeconfig, which holds the contexts");
      }
      return new Settings.Source.Kubernetes(kubeconfig, context, master);
    }
    for (Flag other : List.of(Flag.KUBECONFIG, Flag.CONTEXT, Flag.MASTER)) {
      if (flags.ifGiven(other).isPresent()) {
        flags.wrong(other, "cannot be used with --manifests: choose one source");
      }
    }
    return new Settings.Source.Manifests(manifests.get());
  }

  private Optional<String> master() {
    Optional<String> master = flags.ifGiven(Flag.MASTER);
    if (master.isPresent() && !isHttp(master.get())) {
      flags.wrong(Flag.MASTER, "must be a URL such as https://10.0.0.1:6443");
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
    boolean overridden = flags.isGiven(Flag.HOSTNAME_OVERRIDE);
    String text = overridden ? flags.text(Flag.HOSTNAME_OVERRIDE) : hostname.get();
    String name = text.strip().toLowerCase(Locale.ROOT);
    if (name.isEmpty() && overridden) {
      flags.wrong(Flag.HOSTNAME_OVERRIDE, "is blank: give the name of this machine's Node object");
    } else if (name.isEmpty()) {
      flags.problem(
          "this machine has no host name: give its Node object's name with --hostname-override");
    }
    return name;
  }

  private Settings.Ipvs ipvs() {
    Duration syncPeriod = flags.positive(Flag.SYNC_PERIOD);
    Duration minSyncPeriod = flags.notNegative(Flag.MIN_SYNC_PERIOD);
    if (minSyncPeriod.compareTo(syncPeriod) > 0) {
      flags.wrong(
          Flag.MIN_SYNC_PERIOD,
          "must not exceed %s, which is %s"
              .formatted(flags.name(Flag.SYNC_PERIOD), flags.text(Flag.SYNC_PERIOD)));
    }
    return new Settings.Ipvs(
        scheduler(),
        syncPeriod,
        minSyncPeriod,
        flags.isOn(Flag.STRICT_ARP),
        flags.cidrs(Flag.EXCLUDE_CIDRS),
        new Settings.Timeouts(
            flags.timeout(Flag.TCP_TIMEOUT),
            flags.timeout(Flag.TCP_FIN_TIMEOUT),
            flags.timeout(Flag.UDP_TIMEOUT)),
        flags.positive(Flag.DRAIN_CHECK_INTERVAL),
        flags.notNegative(Flag.DRAIN_LIMIT));
  }

  /** Any name a kernel could have: schedulers are modules, and new ones need no new Fairlead. */
  private String scheduler() {
    String name = flags.ifGiven(Flag.SCHEDULER).orElse(Flag.SCHEDULER.byDefault());
    if (!SCHEDULER.matcher(name).matches()) {
      flags.wrong(
          Flag.SCHEDULER, "must be a scheduler's name, such as rr: a-z, 0-9, at most 15 letters");
    }
    return name;
  }

  private Settings.Masquerade masquerade() {
    return new Settings.Masquerade(
        flags.number(Flag.MASQUERADE_BIT, 0, 31),
        flags.isOn(Flag.MASQUERADE_ALL),
        DetectorFlags.read(flags));
  }

  private Settings.Conntrack conntrack() {
    return new Settings.Conntrack(
        flags.number(Flag.CONNTRACK_MAX_PER_CORE, 0, Integer.MAX_VALUE),
        flags.number(Flag.CONNTRACK_MIN, 0, Integer.MAX_VALUE),
        flags.timeout(Flag.CONNTRACK_TCP_ESTABLISHED),
        flags.timeout(Flag.CONNTRACK_TCP_CLOSE_WAIT),
        flags.isOn(Flag.CONNTRACK_TCP_BE_LIBERAL),
        flags.timeout(Flag.CONNTRACK_UDP),
        flags.timeout(Flag.CONNTRACK_UDP_STREAM));
  }

  private Settings.Servers servers() {
    return new Settings.Servers(
        bindAddress(Flag.HEALTHZ_BIND_ADDRESS, HEALTHZ_PORT),
        bindAddress(Flag.METRICS_BIND_ADDRESS, METRICS_PORT),
        flags.isOn(Flag.BIND_ADDRESS_HARD_FAIL));
  }

  private Optional<BindAddress> bindAddress(Flag flag, int defaultPort) {
    return flags
        .ifGiven(flag)
        .flatMap(text ->
            flags.read(
                flag,
                text,
                it -> BindAddress.parse(it, defaultPort),
                "must be IP:port, such as " + flag.byDefault() + ", or empty for none"));
  }
}
