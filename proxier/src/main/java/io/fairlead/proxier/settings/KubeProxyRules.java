package io.fairlead.proxier.settings;

import io.fairlead.core.net.IpAddress;
import io.fairlead.proxier.settings.ConfigDocument.Value;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * kube-proxy's ValidateKubeProxyConfiguration, as far as it is about what Fairlead has no use for:
 * a file that one of them refuses, the other does not take either. The rest are the rules of flags.
 */
final class KubeProxyRules {
  private static final Duration SYNC_PERIOD = Duration.ofSeconds(30); // of its other modes

  private final ConfigDocument document;
  private final BiConsumer<Value, String> wrong;

  /**
   * @param wrong is told each value that breaks a rule, and the rule
   */
  private KubeProxyRules(ConfigDocument document, BiConsumer<Value, String> wrong) {
    this.document = document;
    this.wrong = wrong;
  }

  /** Applies them to a document in which every value is of the right type. */
  static void check(ConfigDocument document, BiConsumer<Value, String> wrong) {
    KubeProxyRules rules = new KubeProxyRules(document, wrong);
    rules.each();
    rules.otherMode("iptables");
    rules.otherMode("nftables");
  }

  private void each() {
    rule("bindAddress", KubeProxyRules::isAddress, "must be an IP address");
    rule("configSyncPeriod", it -> !isNegative(it), "must be longer than 0s");
    rule("oomScoreAdj", it -> isWithin(it, -1000, 1000), "must be from -1000 to 1000");
    rule(
        "clientConnection.burst", it -> isWithin(it, 0, Integer.MAX_VALUE), "must not be negative");
    rule(
        "showHiddenMetricsForVersion",
        it -> it.matches("\\d+\\.\\d+"),
        "must be a version such as 1.30");
    rule("nftables.masqueradeBit", it -> isWithin(it, 0, 31), "must be a number from 0 to 31");
  }

  private void otherMode(String mode) {
    String period = mode + ".syncPeriod";
    rule(period, it -> !isNegative(it), "must be longer than 0s");
    rule(mode + ".minSyncPeriod", it -> !isNegative(it), "must not be negative");
    String given = document.text(period);
    Duration most = given.isEmpty() ? SYNC_PERIOD : GoDuration.parse(given);
    rule(
        mode + ".minSyncPeriod",
        it -> GoDuration.parse(it).compareTo(most.isZero() ? SYNC_PERIOD : most.abs()) <= 0,
        "must not exceed " + period);
  }

  private void rule(String field, Predicate<String> isRight, String rule) {
    document
        .field(field)
        .filter(value -> !value.text().isEmpty() && !isRight.test(value.text()))
        .ifPresent(value -> wrong.accept(value, rule));
  }

  private static boolean isAddress(String text) {
    try {
      var _ = IpAddress.parse(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isNegative(String duration) {
    return GoDuration.parse(duration).isNegative();
  }

  private static boolean isWithin(String number, long least, long most) {
    try {
      long value = Long.parseLong(number);
      return value >= least && value <= most;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
