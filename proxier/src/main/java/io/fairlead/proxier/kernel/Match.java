package io.fairlead.proxier.kernel;

import io.fairlead.core.net.Family;
import io.fairlead.netlink.nftables.Field;
import io.fairlead.netlink.nftables.RuleBuilder;

/** What the table's rules look at in a packet. */
final class Match {
  private Match() {}

  /** Starts a rule of one of the table's chains. */
  static RuleBuilder rule(String chain) {
    return RuleBuilder.rule(FilterTable.TABLE, chain);
  }

  /** Goes on if the packet is for an address, protocol and port of the set. */
  static RuleBuilder port(RuleBuilder rule, ElementSet set, Family family) {
    return rule.in(set.name(family), port(family));
  }

  /** Where the packet goes: the key of most sets. */
  static Field[] port(Family family) {
    return new Field[] {destination(family), Field.L4PROTO, Field.TH_DPORT};
  }

  /** Where the packet goes and where it comes from. */
  static Field[] portAndSource(Family family) {
    return new Field[] {destination(family), Field.L4PROTO, Field.TH_DPORT, source(family)};
  }

  static Field source(Family family) {
    return family == Family.IPV4 ? Field.IP_SADDR : Field.IP6_SADDR;
  }

  static Field destination(Family family) {
    return family == Family.IPV4 ? Field.IP_DADDR : Field.IP6_DADDR;
  }
}
