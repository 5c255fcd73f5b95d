package io.fairlead.proxier.kernel;

import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.netlink.NetAddress;
import io.fairlead.netlink.nftables.Field;
import io.fairlead.netlink.nftables.RuleBuilder;
import io.fairlead.proxier.settings.LocalDetector;
import java.util.stream.Stream;

/** Rules for packets that no pod has sent, as far as that can be told. */
record Outsiders(LocalDetector detector) {
  private static final String COMMENT = "not from a pod";

  /** Whether pods are told from others at all. */
  boolean areKnown(Family family) {
    return detector.podsKnown().contains(family);
  }

  /**
   * Goes on if an outsider sent the packet, or whoever did if they are not known. What the node
   * itself sends comes in through no interface, whose name is empty (nft_meta_store_ifname).
   */
  RuleBuilder only(RuleBuilder rule, Family family) {
    if (!areKnown(family)) {
      return rule;
    }
    return switch (detector) {
      case LocalDetector.ClusterCidrs(var cidrs) ->
          cidrs.stream()
              .filter(cidr -> cidr.family() == family)
              .reduce(rule, Outsiders::outside, (one, _) -> one)
              .comment(COMMENT);
      case LocalDetector.NodeCidr() ->
          rule.notIn(ElementSet.PODS.name(family), Match.source(family)).comment(COMMENT);
      case LocalDetector.BridgeInterface(String name) ->
          rule.isNot(Field.IIFNAME, name).comment(COMMENT);
      case LocalDetector.InterfacePrefix(String prefix) ->
          rule.startsOtherwise(Field.IIFNAME, prefix).comment(COMMENT);
      case LocalDetector.None() -> rule;
    };
  }

  /**
   * externalTrafficPolicy Local: outsiders get this node's endpoints, by a mark, or nothing. IPVS
   * looks the mark up on every packet that it has to schedule, not only on the first of a flow.
   */
  Stream<RuleBuilder> prerouting(Family family) {
    RuleBuilder toNobody =
        Match.port(Match.rule("prerouting"), ElementSet.NO_LOCAL_EXTERNAL, family);
    return Stream.of(
        only(toNobody, family).connectionState(RuleBuilder.NEW).drop(),
        only(Match.rule("prerouting"), family)
            .setMarkFrom(ElementSet.LOCAL_ONLY.name(family), Match.port(family)));
  }

  private static RuleBuilder outside(RuleBuilder rule, Cidr cidr) {
    IpAddress base = cidr.base();
    return rule.outside(
        Match.source(cidr.family()),
        new NetAddress(cidr.family().bits(), base.hi(), base.lo()),
        cidr.prefix());
  }
}
