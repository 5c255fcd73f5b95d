package io.fairlead.proxier.kernel;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.net.Family;
import io.fairlead.netlink.nftables.Chain;
import io.fairlead.netlink.nftables.Chain.Hook;
import io.fairlead.netlink.nftables.NamedSet;
import io.fairlead.netlink.nftables.Rule;
import io.fairlead.netlink.nftables.RuleBuilder;
import io.fairlead.netlink.nftables.Table;
import io.fairlead.netlink.nftables.TableFamily;
import io.fairlead.proxier.settings.Settings;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The nf_tables table as it should be, the elements of its sets apart. It does what IPVS cannot:
 * masquerade, tell outsiders from pods, and refuse what is not for a Service. One lookup decides,
 * however many Services there are.
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

  private final Masquerading masquerading;
  private final Outsiders outsiders;

  FilterTable(Settings.Masquerade masquerade) {
    this.masquerading = new Masquerading(masquerade);
    this.outsiders = new Outsiders(masquerade.detector());
  }

  ImmutableSet<NamedSet> sets() {
    return families(family -> Stream.of(ElementSet.values()).map(set -> set.of(family)))
        .collect(ImmutableSet.toImmutableSet());
  }

  ImmutableList<Chain> chains() {
    return ImmutableList.of(
        Chain.regular("classify"),
        Chain.regular("source_ranges"),
        Chain.regular("refuse"),
        Chain.base("prerouting", Chain.Type.FILTER, Hook.PREROUTING, CLASSIFY),
        Chain.base("output", Chain.Type.FILTER, Hook.OUTPUT, CLASSIFY),
        Chain.base("input", Chain.Type.FILTER, Hook.INPUT, BEFORE_FILTERS),
        Chain.base("postrouting", Chain.Type.NAT, Hook.POSTROUTING, BEFORE_OTHER_NAT));
  }

  /** The rules, chain by chain in their order. */
  ImmutableList<Rule> rules() {
    return Stream.of(
            families(masquerading::classify),
            families(family -> Stream.of(Admission.sourceRanges(family))),
            Admission.refuse(),
            newFlows("prerouting"),
            families(outsiders::prerouting),
            newFlows("output"),
            // IPVS takes what the node itself sends in the output hook, right after this chain.
            families(family -> Admission.nobodyThere("output", family)),
            families(Admission::input),
            families(family -> Stream.of(Masquerading.hairpin(family))),
            masquerading.postrouting())
        .flatMap(rules -> rules)
        .map(RuleBuilder::build)
        .collect(ImmutableList.toImmutableList());
  }

  private static Stream<RuleBuilder> newFlows(String chain) {
    return Stream.of("source_ranges", "classify")
        .map(target -> Match.rule(chain).connectionState(RuleBuilder.NEW).jump(target));
  }

  private static <T> Stream<T> families(Function<Family, Stream<T>> each) {
    return Stream.of(Family.values()).flatMap(each);
  }
}
