package io.fairlead.core.dataplane;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.net.IpAddress;

/** One write to the kernel. The compiler makes every interpreter of changes handle all of them. */
public sealed interface Change {
  /** Creates the dummy device kube-ipvs0, down. */
  record CreateDevice() implements Change {
    @Override
    public String toString() {
      return "create device kube-ipvs0";
    }
  }

  /**
   * Writes the packet filter's table anew, with these elements in its sets: one transaction, in
   * which no packet sees the table missing. Only needed when the table is missing or not as it
   * should be.
   */
  record ReplaceFilter(ImmutableList<SetElement> elements) implements Change {
    @Override
    public String toString() {
      return "write nf_tables table with " + elements.size() + " elements";
    }
  }

  /** Adds and removes set elements in one transaction. */
  record EditFilter(ImmutableList<SetElement> add, ImmutableList<SetElement> remove)
      implements Change {}

  /** Binds an address to kube-ipvs0. */
  record BindAddress(IpAddress address) implements Change {}

  /** Takes an address off kube-ipvs0. */
  record UnbindAddress(IpAddress address) implements Change {}

  /** Creates a virtual server without real servers. */
  record AddVirtualServer(VirtualServerKey key, VirtualServerOptions options) implements Change {}

  /** Replaces a virtual server's options; its connections and real servers stay. */
  record EditVirtualServer(VirtualServerKey key, VirtualServerOptions options) implements Change {}

  /** Removes a virtual server with its real servers. */
  record RemoveVirtualServer(VirtualServerKey key) implements Change {}

  record AddRealServer(VirtualServerKey key, RealServer server, RealServerOptions options)
      implements Change {}

  record EditRealServer(VirtualServerKey key, RealServer server, RealServerOptions options)
      implements Change {}

  /** Removes a real server; the kernel drops or reschedules what it still served. */
  record RemoveRealServer(VirtualServerKey key, RealServer server) implements Change {}

  /**
   * Deletes the conntrack flows of a UDP port that lead elsewhere than to these real servers. A
   * client that never pauses would otherwise talk to a pod that is gone (kubernetes#125467).
   */
  record ForgetFlows(VirtualServerKey.Addressed key, ImmutableSet<RealServer> keep)
      implements Change {}
}
