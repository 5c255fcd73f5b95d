package io.fairlead.proxier.source.decode;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.Node;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The fields of a core/v1 Node, as they come. */
final class NodeFields {
  /** The cluster autoscaler is about to remove the Node; load balancers drain it. */
  private static final String TO_BE_DELETED = "ToBeDeletedByClusterAutoscaler";

  private final List<IpAddress> addresses = new ArrayList<>(0);
  private final List<Cidr> podCidr = new ArrayList<>(0);
  private final List<Cidr> podCidrs = new ArrayList<>(0);
  private boolean toBeDeleted;

  /** Takes the value of {@code spec.<field>} if a Node has such a field; else says no. */
  boolean spec(Cursor in, String field) throws IOException {
    switch (field) {
      case "podCIDR" -> in.range("is left out").ifPresent(podCidr::add);
      case "podCIDRs" -> in.eachElement(() -> in.range("is left out").ifPresent(podCidrs::add));
      case "taints" -> in.eachElement(() -> in.eachField(taint -> taint(in, taint)));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Takes {@code status.addresses}. */
  void addresses(Cursor in) throws IOException {
    in.eachElement(() -> address(in));
  }

  Node node(String name, Optional<String> zone, boolean deleting) {
    return new Node(
        name,
        zone,
        ImmutableList.copyOf(addresses),
        ImmutableList.copyOf(podCidrs.isEmpty() ? podCidr : podCidrs),
        !deleting && !toBeDeleted);
  }

  private void taint(Cursor in, String field) throws IOException {
    if (field.equals("key")) {
      toBeDeleted |= in.text().equals(TO_BE_DELETED);
    } else {
      in.skip();
    }
  }

  private void address(Cursor in) throws IOException {
    String[] typeAndAddress = {"", ""};
    in.eachField(field -> {
      switch (field) {
        case "type" -> typeAndAddress[0] = in.text();
        case "address" -> typeAndAddress[1] = in.text();
        default -> in.skip();
      }
    });
    switch (typeAndAddress[0]) {
      case "InternalIP", "ExternalIP" -> in.address(typeAndAddress[1]).ifPresent(addresses::add);
      default -> {} // Hostname, InternalDNS, ExternalDNS
    }
  }
}
