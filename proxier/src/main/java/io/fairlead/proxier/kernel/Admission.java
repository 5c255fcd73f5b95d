package io.fairlead.proxier.kernel;

import io.fairlead.core.net.Family;
import io.fairlead.core.net.Protocol;
import io.fairlead.netlink.nftables.Expression;
import io.fairlead.netlink.nftables.Field;
import io.fairlead.netlink.nftables.RuleBuilder;
import java.util.stream.Stream;

/** Rules that keep new flows out: those that policies drop, and those that nobody serves. */
final class Admission {
  private static final int PROTOCOL_UNREACHABLE = 2; // ICMP_PROT_UNREACH

  private Admission() {}

  /** loadBalancerSourceRanges. What the node itself sends has the VIP itself as its source. */
  static RuleBuilder sourceRanges(Family family) {
    return Match.port(Match.rule("source_ranges"), ElementSet.LIMITED, family)
        .notIn(ElementSet.ALLOWED.name(family), Match.portAndSource(family))
        .drop();
  }

  /** What goes to this host is a Service's, or is for no VIP. */
  static Stream<RuleBuilder> input(Family family) {
    return Stream.concat(
        nobodyThere("input", family),
        Stream.of(
            Match.port(Match.rule("input"), ElementSet.SERVICES, family).accept(),
            Match.rule("input")
                .in(ElementSet.VIPS.name(family), Match.destination(family))
                .isOneOf(
                    Field.L4PROTO,
                    Stream.of(Protocol.values()).mapToLong(Protocol::number).toArray())
                .connectionState(RuleBuilder.NEW)
                .goTo("refuse")
                .comment("the host's own services are not behind a VIP")));
  }

  /** New flows to ports without endpoints; with some elsewhere, the policy wants silence. */
  static Stream<RuleBuilder> nobodyThere(String chain, Family family) {
    return Stream.of(
        Match.port(Match.rule(chain), ElementSet.NO_LOCAL, family)
            .connectionState(RuleBuilder.NEW)
            .drop(),
        Match.port(Match.rule(chain), ElementSet.NO_ENDPOINTS, family)
            .connectionState(RuleBuilder.NEW)
            .goTo("refuse"));
  }

  /**
   * Answers so that the client gives up at once. A TCP reset is not rate limited, as ICMP errors
   * are (net.ipv4.icmp_ratelimit). To SCTP a port unreachable is a passing trouble; only protocol
   * unreachable ends it (sctp_v4_err), for which nf_tables has no ICMPv6 error.
   */
  static Stream<RuleBuilder> refuse() {
    return Stream.of(
        Match.rule("refuse").is(Field.L4PROTO, Protocol.TCP.number()).rejectTcpReset(),
        Match.rule("refuse")
            .ipv4()
            .is(Field.L4PROTO, Protocol.SCTP.number())
            .add(new Expression.Reject(Expression.Reject.With.ICMP, PROTOCOL_UNREACHABLE)),
        Match.rule("refuse").rejectPortUnreachable());
  }
}
