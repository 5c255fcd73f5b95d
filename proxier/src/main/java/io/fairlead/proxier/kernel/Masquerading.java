package io.fairlead.proxier.kernel;

import io.fairlead.core.net.Family;
import io.fairlead.netlink.nftables.RuleBuilder;
import io.fairlead.proxier.settings.Settings;
import java.util.stream.Stream;

/** Rules that give flows the node's address as source, so that answers come back through it. */
record Masquerading(Settings.Masquerade settings) {

  /** Marks new flows while their destination still shows the Service. */
  Stream<RuleBuilder> classify(Family family) {
    var rules = Stream.<RuleBuilder>builder();
    rules.add(mark(Match.port(Match.rule("classify"), ElementSet.MASQUERADE, family)));
    // A process of the node that connects to a VIP gets that VIP as its source, which every node
    // has: the answer would never come back (kubernetes#65158).
    RuleBuilder fromVip =
        Match.rule("classify").in(ElementSet.VIPS.name(family), Match.source(family));
    rules.add(mark(Match.port(fromVip, ElementSet.SERVICES, family)).comment("from a VIP"));
    RuleBuilder toClusterIp = Match.port(Match.rule("classify"), ElementSet.CLUSTER_IPS, family);
    Outsiders outsiders = new Outsiders(settings.detector());
    if (settings.all()) {
      rules.add(mark(toClusterIp));
    } else if (outsiders.areKnown(family)) {
      rules.add(mark(outsiders.only(toClusterIp, family)));
    }
    return rules.build();
  }

  /** A pod that is its own client would answer itself, past IPVS. */
  static RuleBuilder hairpin(Family family) {
    return Match.rule("postrouting")
        .in(ElementSet.HAIRPIN.name(family), Match.portAndSource(family))
        .masqueradeFullyRandom()
        .comment("a pod that reaches itself");
  }

  /** Masquerades what was marked. */
  Stream<RuleBuilder> postrouting() {
    return Stream.of(
        Match.rule("postrouting").markLacks(settings.mark()).returns(),
        Match.rule("postrouting").clearMarkBits(settings.mark()).masqueradeFullyRandom());
  }

  private RuleBuilder mark(RuleBuilder matches) {
    return matches.setMarkBits(settings.mark());
  }
}
