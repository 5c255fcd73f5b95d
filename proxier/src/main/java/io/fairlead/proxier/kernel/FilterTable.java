package io.fairlead.proxier.kernel;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.netlink.NetAddress;
import io.fairlead.netlink.nftables.Chain;
import io.fairlead.netlink.nftables.Chain.Hook;
import io.fairlead.netlink.nftables.Expression;
import io.fairlead.netlink.nftables.Field;
import io.fairlead.netlink.nftables.NamedSet;
import io.fairlead.netlink.nftables.Rule;
import io.fairlead.netlink.nftables.RuleBuilder;
import io.fairlead.netlink.nftables.Table;
import io.fairlead.netlink.nftables.TableFamily;
import io.fairlead.proxier.settings.Settings;
import java.util.stream.Stream;

/**
 * The nf_tables table as it should be, the elements of its sets apart. It does what IPVS cannot:
 * masquerade, and refuse what is not for a Service. One lookup decides, however many Services there
 * are.
 *
 * <p>The name is not kube-proxy's: it deletes a table called kube-proxy when it starts in another
 * mode.
 */
final class FilterTable {
  static final Table TABLE =
      new Table(TableFamily.INET, "fairlead", "made by fairlead, which undoes changes by others");

  // After conntrack (-200), so that ct state is known; before nat (-100), whose hooks see the mark.
  private static final int CLASSIFY = -110;
  // IPVS takes its packets at the end of LOCAL_IN (NF_IP_PRI_NAT_SRC - 2): VIP and port still show.
  private static final int BEFORE_FILTERS = -10;
  private static final int BEFORE_OTHER_NAT = 95;

  private static final int PROTOCOL_UNREACHABLE = 2; // ICMP_PROT_UNREACH

  private final Settings.Masquerade masquerade;

  FilterTable(Settings.Masquerade masquerade) {
    this.masquerade = masquerade;
  }

  ImmutableSet<NamedSet> sets() {
    return Stream.of(Family.values())
        .flatMap(family -> Stream.of(ElementSet.values()).map(set -> set.of(family)))
        .collect(ImmutableSet.toImmutableSet());
  }

  ImmutableList<Chain> chains() {
    return ImmutableList.of(
        Chain.regular("classify"),
        Chain.regular("refuse"),
        Chain.base("prerouting", Chain.Type.FILTER, Hook.PREROUTING, CLASSIFY),
        Chain.base("output", Chain.Type.FILTER, Hook.OUTPUT, CLASSIFY),
        Chain.base("input", Chain.Type.FILTER, Hook.INPUT, BEFORE_FILTERS),
        Chain.base("postrouting", Chain.Type.NAT, Hook.POSTROUTING, BEFORE_OTHER_NAT));
  }

  /** The rules, chain by chain in their order. */
  ImmutableList<Rule> rules() {
    return Stream.of(
            Stream.of(Family.values()).flatMap(this::classify),
            refuse(),
            Stream.of("prerouting", "output")
                .map(chain -> rule(chain).connectionState(RuleBuilder.NEW).jump("classify")),
            // IPVS takes what the node itself sends in the output hook, right after this chain.
            Stream.of(Family.values()).map(family -> nobodyThere("output", family)),
            Stream.of(Family.values()).flatMap(FilterTable::input),
            Stream.of(Family.values()).map(FilterTable::hairpin),
            Stream.of(
                rule("postrouting").markLacks(masquerade.mark()).returns(),
                rule("postrouting").clearMarkBits(masquerade.mark()).masqueradeFullyRandom()))
        .flatMap(rules -> rules)
        .map(RuleBuilder::build)
        .collect(ImmutableList.toImmutableList());
  }

  private Stream<RuleBuilder> classify(Family family) {
    var rules = Stream.<RuleBuilder>builder();
    rules.add(mark(servicePort(rule("classify"), ElementSet.MASQUERADE, family)));
    // A process of the node that connects to a VIP gets that VIP as its source, which every node
    // has: the answer would never come back (kubernetes#65158).
    RuleBuilder fromVip = rule("classify").in(ElementSet.VIPS.name(family), source(family));
    rules.add(mark(servicePort(fromVip, ElementSet.SERVICES, family)).comment("from a VIP"));
    if (masquerade.all()) {
      rules.add(mark(servicePort(rule("classify"), ElementSet.CLUSTER_IPS, family)));
    } else {
      masquerade.clusterCidrs().stream()
          .filter(cidr -> cidr.family() == family && cidr.prefix() > 0) // nothing is outside of /0
          .map(cidr -> mark(outside(cidr)).comment("from outside the cluster"))
          .forEach(rules::add);
    }
    return rules.build();
  }

  private static RuleBuilder outside(Cidr cidr) {
    IpAddress base = cidr.base();
    return servicePort(rule("classify"), ElementSet.CLUSTER_IPS, cidr.family())
        .outside(
            source(cidr.family()),
            new NetAddress(cidr.family().bits(), base.hi(), base.lo()),
            cidr.prefix());
  }

  private RuleBuilder mark(RuleBuilder matches) {
    return matches.setMarkBits(masquerade.mark());
  }

  private static Stream<RuleBuilder> input(Family family) {
    return Stream.of(
        nobodyThere("input", family),
        servicePort(rule("input"), ElementSet.SERVICES, family).accept(),
        rule("input")
            .in(ElementSet.VIPS.name(family), destination(family))
            .isOneOf(
                Field.L4PROTO, Stream.of(Protocol.values()).mapToLong(Protocol::number).toArray())
            .connectionState(RuleBuilder.NEW)
            .goTo("refuse")
            .comment("the host's own services are not behind a VIP"));
  }

  private static RuleBuilder nobodyThere(String chain, Family family) {
    return servicePort(rule(chain), ElementSet.NO_ENDPOINTS, family)
        .connectionState(RuleBuilder.NEW)
        .goTo("refuse");
  }

  /**
   * Answers so that the client gives up at once. A TCP reset is not rate limited, as ICMP errors
   * are (net.ipv4.icmp_ratelimit). To SCTP a port unreachable is a passing trouble; only protocol
   * unreachable ends it (sctp_v4_err), for which nf_tables has no ICMPv6 error.
   */
  private static Stream<RuleBuilder> refuse() {
    return Stream.of(
        rule("refuse").is(Field.L4PROTO, Protocol.TCP.number()).rejectTcpReset(),
        rule("refuse")
            .ipv4()
            .is(Field.L4PROTO, Protocol.SCTP.number())
            .add(new Expression.Reject(Expression.Reject.With.ICMP, PROTOCOL_UNREACHABLE)),
        rule("refuse").rejectPortUnreachable());
  }

  private static RuleBuilder hairpin(Family family) {
    return rule("postrouting")
        .in(
            ElementSet.HAIRPIN.name(family),
            destination(family),
            Field.L4PROTO,
            Field.TH_DPORT,
            source(family))
        .masqueradeFullyRandom()
        .comment("a pod that reaches itself");
  }

  private static RuleBuilder servicePort(RuleBuilder rule, ElementSet set, Family family) {
    return rule.in(set.name(family), destination(family), Field.L4PROTO, Field.TH_DPORT);
  }

  private static RuleBuilder rule(String chain) {
    return RuleBuilder.rule(TABLE, chain);
  }

  private static Field source(Family family) {
    return family == Family.IPV4 ? Field.IP_SADDR : Field.IP6_SADDR;
  }

  private static Field destination(Family family) {
    return family == Family.IPV4 ? Field.IP_DADDR : Field.IP6_DADDR;
  }
}
