package io.fairlead.netlink.nftables;

import java.util.List;

/**
 * A rule: its expressions run from left to right until one of them does not match.
 *
 * @param chain the chain that it is in
 * @param comment what {@code nft list} shows, or empty; at most 128 bytes
 */
public record Rule(String chain, List<Expression> expressions, String comment) {
  public Rule {
    expressions = List.copyOf(expressions);
  }

  /**
   * A rule as the kernel holds it.
   *
   * @param handle the number that deletes it
   */
  public record Installed(Rule rule, long handle) {}
}
