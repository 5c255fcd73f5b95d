package io.fairlead.core.dataplane;

import io.fairlead.core.net.IpAddress;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** What the kernel holds, or is believed to hold. */
public interface KernelView {
  /** Whether kube-ipvs0 exists. */
  boolean device();

  /** The addresses on kube-ipvs0. */
  Set<IpAddress> boundAddresses();

  /** All virtual servers, others' too. */
  Map<VirtualServerKey, VirtualServer> virtualServers();

  /** Whether our nf_tables table exists with exactly our chains, rules and sets. */
  boolean filterIntact();

  /** What our sets hold. */
  Set<SetElement> elements();

  /**
   * By what the dataplane knows again the packet filter that was read; empty if it was changed
   * since, or nobody knows.
   */
  default OptionalInt filterVersion() {
    return OptionalInt.empty();
  }
}
