package io.fairlead.core.plan;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.LoadBalancerIp;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The addresses on which a Service may be reached, and what stands against some of them. */
final class Reach {
  private final Service service;
  private final Surroundings around;
  private final Set<Family> families;
  // A set: every port would report the same address anew.
  private final ImmutableSet.Builder<String> problems = ImmutableSet.builder();

  Reach(PlannerSettings settings, Service service, Surroundings around) {
    this.service = service;
    this.around = around;
    this.families = Sets.intersection(familiesOf(service), settings.families());
  }

  /** How a port is reached from outside the cluster. */
  record Way(Role role, Addressed key) {}

  /**
   * What the Service calls the address; in the order in which they are planned. One that is both a
   * load balancer's and an externalIP keeps the load balancer's source ranges.
   */
  enum Role {
    CLUSTER_IP("clusterIP"),
    LOAD_BALANCER("ingress IP"),
    EXTERNAL_IP("externalIP"),
    NODE_PORT("node port");

    private final String label;

    Role(String label) {
      this.label = label;
    }
  }

  static boolean isUsable(Service.Port port) {
    return port.port() >= 1 && port.port() <= 0xffff;
  }

  /** The families that the Service is served in. */
  Set<Family> families() {
    return families;
  }

  /** What was found wrong with addresses so far. */
  ImmutableSet<String> problems() {
    return problems.build();
  }

  ImmutableList<Way> fromInside(Service.Port port, Family family) {
    var ways = ImmutableList.<Way>builder();
    for (IpAddress address : service.clusterIps()) {
      add(ways, Role.CLUSTER_IP, address, family, port.port(), port);
    }
    return ways.build();
  }

  ImmutableList<Way> fromOutside(Service.Port port, Family family) {
    var ways = ImmutableList.<Way>builder();
    for (LoadBalancerIp ip : service.loadBalancerIps()) {
      if (ip.mode() == LoadBalancerIp.Mode.VIP) {
        add(ways, Role.LOAD_BALANCER, ip.address(), family, port.port(), port);
      }
    }
    for (IpAddress address : service.externalIps()) {
      add(ways, Role.EXTERNAL_IP, address, family, port.port(), port);
    }
    if (port.nodePort() != 0) {
      for (IpAddress address : around.nodePortAddresses()) {
        add(ways, Role.NODE_PORT, address, family, port.nodePort(), port);
      }
    }
    return ways.build();
  }

  private void add(
      ImmutableList.Builder<Way> ways,
      Role role,
      IpAddress address,
      Family family,
      int number,
      Service.Port port) {
    if (address.family() == family && isFit(role, address)) {
      ways.add(new Way(role, new Addressed(address, number, port.protocol())));
    }
  }

  private boolean isFit(Role role, IpAddress address) {
    Optional<String> flaw = address.unfitness().or(() -> takenByNode(role, address));
    flaw.ifPresent(what -> problems.add(role.label + " " + address + " is " + what + "; left out"));
    return flaw.isEmpty();
  }

  /**
   * Bound here, another node's address would cut this node off from that one (kubernetes#75290). A
   * ClusterIP is the API server's choice, and a node port is served on this node's addresses.
   */
  private Optional<String> takenByNode(Role role, IpAddress address) {
    return role == Role.EXTERNAL_IP || role == Role.LOAD_BALANCER
        ? Optional.ofNullable(around.otherNodes().get(address))
            .map(it -> "the address of Node " + it)
        : Optional.empty();
  }

  /**
   * A Service is served in the families of its ClusterIPs. One without any comes from a manifest,
   * and is served wherever it has an address; a headless one has none at all by the time it gets
   * here.
   */
  private static Set<Family> familiesOf(Service service) {
    if (service.clusterIps().isEmpty()) {
      return EnumSet.allOf(Family.class);
    }
    Set<Family> families = EnumSet.noneOf(Family.class);
    service.clusterIps().forEach(address -> families.add(address.family()));
    return families;
  }
}
