package io.fairlead.lab.rig;

import io.fairlead.core.net.Cidr;

/** A node of the cluster: it forwards, and has an IPVS table, rules and links of its own. */
public record Node(
    String name, int number, Addresses addresses, Namespace namespace, Servers servers, Rig rig)
    implements Host {
  /** The prefix of this node's pods, {@code 10.244.N.0/24}. */
  public Cidr podCidr4() {
    return Cidr.parse("10.244.%d.0/24".formatted(number));
  }

  /** The prefix of this node's pods, {@code fd00:244:N::/64}. */
  public Cidr podCidr6() {
    return Cidr.parse("fd00:244:%d::/64".formatted(number));
  }

  /** Adds a pod with these addresses, which must be in the node's prefixes. */
  public Pod pod(String name, String v4, String v6) {
    return rig.addPod(this, name, Addresses.of(v4, v6));
  }

  /** Adds a pod by the name of its IPv4 address. */
  public Pod pod(String v4, String v6) {
    return pod(v4, v4, v6);
  }
}
