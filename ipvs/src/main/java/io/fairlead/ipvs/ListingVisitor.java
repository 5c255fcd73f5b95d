package io.fairlead.ipvs;

import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.Family;

/** Is told what stands in a {@link Listing}, line by line. */
interface ListingVisitor {
  /** A virtual server begins. */
  void addressed(VirtualServerKey.Addressed key);

  /** A virtual server by mark begins. The listing does not tell of which family it is. */
  void marked(int mark);

  /** A virtual server begins of a protocol that core does not know. */
  void foreign();

  /**
   * A real server of the virtual server that began last.
   *
   * @param hi the first 64 bits of an IPv6 address; 0 for IPv4
   * @param lo the rest of the address
   * @param forwarding the number of its forwarding method, as far as the listing tells
   */
  void realServer(Family family, long hi, long lo, int port, int forwarding, int weight);

  /** That was all. */
  void end();
}
