package io.fairlead.proxier.settings;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Sets;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.plan.NodePortAddresses.Choice;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What settings lead to that an operator may not expect of them; a line each, for the log. */
public final class SettingsAdvice {
  private SettingsAdvice() {}

  /**
   * The lines, in no order that matters; empty if nothing surprises.
   *
   * @param families those that this node serves
   */
  public static ImmutableList<String> of(Settings settings, Set<Family> families) {
    List<Choice> nodePorts = settings.nodePortAddresses().choices();
    return Stream.of(
            loopback(nodePorts),
            unnamedFamilies(nodePorts, families),
            unknownPods(settings.masquerade().detector(), families))
        .flatMap(Optional::stream)
        .collect(ImmutableList.toImmutableList());
  }

  private static Optional<String> loopback(List<Choice> choices) {
    if (choices.stream().noneMatch(SettingsAdvice::isLoopback)) {
      return Optional.empty();
    }
    boolean alone = choices.stream().allMatch(Choice.Localhost.class::isInstance);
    return Optional.of(
        alone
            ? "--nodeport-addresses=localhost: IPVS cannot serve 127.0.0.0/8 and ::1, so that node"
                + " ports are served nowhere; say primary, all, or the CIDRs of the node's addresses"
            : "--nodeport-addresses: IPVS cannot serve 127.0.0.0/8 and ::1, so that node ports are"
                + " not served there, only where the other entries say");
  }

  private static boolean isLoopback(Choice choice) {
    return switch (choice) {
      case Choice.Localhost() -> true;
      case Choice.Range(Cidr cidr) -> cidr.base().isLoopback();
      case Choice.All(), Choice.Primary() -> false;
    };
  }

  /** As in kube-proxy, where an IPv4 list surprises those who meant to close all else. */
  private static Optional<String> unnamedFamilies(List<Choice> choices, Set<Family> families) {
    Set<Family> named =
        choices.stream().flatMap(SettingsAdvice::families).collect(Collectors.toSet());
    Set<Family> unnamed = Sets.difference(families, named);
    return choices.isEmpty() || unnamed.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "--nodeport-addresses has no entry for %1$s: node ports are served on all of the node's"
                    .formatted(labels(unnamed))
                + " %1$s addresses, as in kube-proxy; name a CIDR of these to change that"
                    .formatted(labels(unnamed)));
  }

  private static Stream<Family> families(Choice choice) {
    return choice instanceof Choice.Range(Cidr cidr)
        ? Stream.of(cidr.family())
        : Stream.of(Family.values());
  }

  private static Optional<String> unknownPods(LocalDetector detector, Set<Family> families) {
    Set<Family> unknown = Sets.difference(families, detector.podsKnown());
    return unknown.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "--cluster-cidr names no %s range by which pods could be told from outsiders:"
                    .formatted(labels(unknown))
                + " with externalTrafficPolicy Local and no endpoint on this node, everyone gets"
                + " the cluster's endpoints, as in kube-proxy's ipvs mode; give --cluster-cidr, or"
                + " another --detect-local-mode");
  }

  private static String labels(Set<Family> families) {
    return families.stream().sorted().map(Family::label).collect(Collectors.joining(" or "));
  }
}
