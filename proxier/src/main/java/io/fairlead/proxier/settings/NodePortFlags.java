package io.fairlead.proxier.settings;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.plan.NodePortAddresses;
import io.fairlead.core.plan.NodePortAddresses.Choice;

/** Reads where node ports are served: CIDRs and kube-proxy's keywords, in any mix. */
final class NodePortFlags {
  private NodePortFlags() {}

  static NodePortAddresses read(FlagValues flags) {
    var choices = ImmutableList.<Choice>builder();
    for (String entry : flags.entries(Flag.NODEPORT_ADDRESSES)) {
      flags
          .read(
              Flag.NODEPORT_ADDRESSES,
              entry,
              NodePortFlags::choice,
              "must be CIDRs such as 192.0.2.0/24, or primary, localhost or all, with commas"
                  + " between them")
          .ifPresent(choices::add);
    }
    return new NodePortAddresses(choices.build());
  }

  private static Choice choice(String entry) {
    return switch (entry) {
      case "all" -> new Choice.All();
      case "primary" -> new Choice.Primary();
      case "localhost" -> new Choice.Localhost();
      default -> new Choice.Range(Cidr.parse(entry));
    };
  }
}
