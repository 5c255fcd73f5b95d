package io.fairlead.proxier.source.decode;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.cluster.Service.Affinity;
import io.fairlead.core.cluster.Service.LoadBalancerIp;
import io.fairlead.core.cluster.Service.TrafficPolicy;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The fields of a core/v1 Service, as they come; absent ones have the API server's defaults. */
final class ServiceFields {
  static final ImmutableMap<String, Protocol> PROTOCOLS =
      ImmutableMap.of("TCP", Protocol.TCP, "UDP", Protocol.UDP, "SCTP", Protocol.SCTP);

  private static final ImmutableMap<String, Service.Type> TYPES =
      ImmutableMap.of(
          "ClusterIP", Service.Type.CLUSTER_IP,
          "NodePort", Service.Type.NODE_PORT,
          "LoadBalancer", Service.Type.LOAD_BALANCER,
          "ExternalName", Service.Type.EXTERNAL_NAME);
  private static final ImmutableMap<String, TrafficPolicy> POLICIES =
      ImmutableMap.of("Cluster", TrafficPolicy.CLUSTER, "Local", TrafficPolicy.LOCAL);
  private static final ImmutableMap<String, Boolean> AFFINITIES =
      ImmutableMap.of("None", false, "ClientIP", true);
  private static final ImmutableMap<String, LoadBalancerIp.Mode> MODES =
      ImmutableMap.of("VIP", LoadBalancerIp.Mode.VIP, "Proxy", LoadBalancerIp.Mode.PROXY);

  /** Matches no client: 0.0.0.0 and :: are never a source address of a forwarded packet. */
  private static final ImmutableMap<Family, Cidr> NOBODY =
      ImmutableMap.of(Family.IPV4, Cidr.parse("0.0.0.0/32"), Family.IPV6, Cidr.parse("::/128"));

  private static final int MAX_AFFINITY_SECONDS = 86400;

  private final Shared shared;
  private Service.Type type = Service.Type.CLUSTER_IP;
  private boolean headless;
  private final List<IpAddress> clusterIp = new ArrayList<>(1);
  private final List<IpAddress> clusterIps = new ArrayList<>(1);
  private final List<Service.Port> ports = new ArrayList<>(1);
  private final List<IpAddress> externalIps = new ArrayList<>(0);
  private final List<LoadBalancerIp> loadBalancerIps = new ArrayList<>(0);
  private final List<Cidr> sourceRanges = new ArrayList<>(0);
  private boolean sourceRangeLost;
  private boolean clientIpAffinity;
  private int affinitySeconds = Affinity.ClientIp.DEFAULT_TIMEOUT_SECONDS;
  private TrafficPolicy external = TrafficPolicy.CLUSTER;
  private TrafficPolicy internal = TrafficPolicy.CLUSTER;
  private int healthCheckNodePort;

  ServiceFields(Shared shared) {
    this.shared = shared;
  }

  /** Takes the value of {@code spec.<field>} if a Service has such a field; else says no. */
  boolean spec(Cursor in, String field) throws IOException {
    switch (field) {
      case "type" -> type = in.oneOf(TYPES, "ClusterIP is assumed").orElse(type);
      case "clusterIP" -> clusterIp(in, clusterIp);
      case "clusterIPs" -> in.eachElement(() -> clusterIp(in, clusterIps));
      case "ports" -> in.eachElement(() -> port(in));
      case "externalIPs" -> in.eachElement(() -> vip(in).ifPresent(externalIps::add));
      case "loadBalancerSourceRanges" -> in.eachElement(() -> sourceRange(in));
      case "sessionAffinity" ->
          clientIpAffinity = in.oneOf(AFFINITIES, "None is assumed").orElse(false);
      case "sessionAffinityConfig" -> affinityConfig(in);
      case "externalTrafficPolicy" -> external = policy(in);
      case "internalTrafficPolicy" -> internal = policy(in);
      case "healthCheckNodePort" -> healthCheckNodePort = in.port();
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Takes {@code status.loadBalancer}. */
  void loadBalancer(Cursor in) throws IOException {
    in.eachField(field -> {
      if (field.equals("ingress")) {
        in.eachElement(() -> ingress(in));
      } else {
        in.skip();
      }
    });
  }

  /**
   * The Service. A headless one keeps no address at all, not even external ones: kube-proxy passes
   * over it. One without a {@code clusterIP} keeps the others: only manifests have such Services,
   * where there is no cluster.
   */
  Service service(ObjectName name, ImmutableMap<String, String> annotations) {
    return new Service(
        name,
        type,
        addresses(clusterIps.isEmpty() ? clusterIp : clusterIps),
        shared.same(ImmutableList.copyOf(ports)),
        addresses(externalIps),
        hasAddresses() ? ImmutableList.copyOf(loadBalancerIps) : ImmutableList.of(),
        allowedSources(),
        shared.same(
            clientIpAffinity ? new Affinity.ClientIp(affinitySeconds) : new Affinity.None()),
        external,
        internal,
        healthCheckNodePort,
        annotations);
  }

  private ImmutableList<IpAddress> addresses(List<IpAddress> addresses) {
    return hasAddresses() ? ImmutableList.copyOf(addresses) : ImmutableList.of();
  }

  private boolean hasAddresses() {
    return !headless && type != Service.Type.EXTERNAL_NAME;
  }

  private void clusterIp(Cursor in, List<IpAddress> addresses) throws IOException {
    String text = in.text();
    if (text.equals("None")) {
      headless = true;
    } else if (!text.isEmpty()) {
      in.address(text)
          .filter(address -> isUsable(in, address))
          .ifPresent(address -> addFirstOfFamily(in, address, addresses));
    }
  }

  private static void addFirstOfFamily(Cursor in, IpAddress address, List<IpAddress> addresses) {
    if (addresses.stream().anyMatch(other -> other.family() == address.family())) {
      in.note(
          "%s is a second %s cluster IP; that address is left out"
              .formatted(address, address.family().label()));
    } else {
      addresses.add(address);
    }
  }

  private void port(Cursor in) throws IOException {
    PortFields port = new PortFields();
    in.eachField(field -> port.read(in, field));
    if (port.number > 0 && port.protocol.isPresent()) {
      ports.add(
          new Service.Port(port.name.orElse(""), port.protocol.get(), port.number, port.nodePort));
    } else {
      in.note("has no usable port and protocol; that port is left out");
    }
  }

  private void ingress(Cursor in) throws IOException {
    List<IpAddress> addresses = new ArrayList<>(1);
    List<LoadBalancerIp.Mode> modes = new ArrayList<>(List.of(LoadBalancerIp.Mode.VIP));
    in.eachField(field -> {
      switch (field) {
        case "ip" -> vip(in).ifPresent(addresses::add);
        case "ipMode" -> modes.set(0, mode(in));
        default -> in.skip(); // hostname: DNS is not a proxy's matter; ports: informative
      }
    });
    addresses.forEach(address -> loadBalancerIps.add(new LoadBalancerIp(address, modes.get(0))));
  }

  private static LoadBalancerIp.Mode mode(Cursor in) throws IOException {
    // kube-proxy binds nothing for a mode it does not know, which is what Proxy means.
    String text = in.text();
    LoadBalancerIp.Mode mode = MODES.get(text);
    if (mode == null && !text.isEmpty()) {
      in.note("\"" + text + "\" is neither VIP nor Proxy; nothing is bound for that address");
      return LoadBalancerIp.Mode.PROXY;
    }
    return mode == null ? LoadBalancerIp.Mode.VIP : mode;
  }

  private void sourceRange(Cursor in) throws IOException {
    Optional<Cidr> range = in.range("lets nobody in");
    range.ifPresent(sourceRanges::add);
    sourceRangeLost |= range.isEmpty();
  }

  /**
   * No range of a family means that all of that family may come. If an unusable range may have been
   * the only one of its family, that would be the wrong way to fail: then nobody may.
   */
  private ImmutableList<Cidr> allowedSources() {
    ImmutableList.Builder<Cidr> allowed = ImmutableList.builder();
    allowed.addAll(sourceRanges);
    if (sourceRangeLost) {
      NOBODY.forEach((family, nobody) -> {
        if (sourceRanges.stream().noneMatch(range -> range.family() == family)) {
          allowed.add(nobody);
        }
      });
    }
    return allowed.build();
  }

  private void affinityConfig(Cursor in) throws IOException {
    in.eachField(outer -> {
      if (outer.equals("clientIP")) {
        in.eachField(field -> {
          if (field.equals("timeoutSeconds")) {
            affinitySeconds(in);
          } else {
            in.skip();
          }
        });
      } else {
        in.skip();
      }
    });
  }

  private void affinitySeconds(Cursor in) throws IOException {
    int seconds = in.number(MAX_AFFINITY_SECONDS);
    affinitySeconds = seconds == 0 ? Affinity.ClientIp.DEFAULT_TIMEOUT_SECONDS : seconds;
  }

  private static TrafficPolicy policy(Cursor in) throws IOException {
    return in.oneOf(POLICIES, "Cluster is assumed").orElse(TrafficPolicy.CLUSTER);
  }

  private static Optional<IpAddress> vip(Cursor in) throws IOException {
    return in.address().filter(address -> isUsable(in, address));
  }

  /** Binding such an address to an interface would take the node's own traffic. */
  private static boolean isUsable(Cursor in, IpAddress address) {
    if (address.isLoopback() || address.isUnspecified() || address.isMulticast()) {
      in.note(
          address
              + " is a loopback, unspecified or multicast address, which a Service cannot have;"
              + " that address is left out");
      return false;
    }
    return true;
  }
}
