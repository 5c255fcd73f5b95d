package io.fairlead.proxier.source.decode;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The fields of a discovery.k8s.io/v1 EndpointSlice, as they come. */
final class SliceFields {
  private static final ImmutableMap<String, Family> FAMILIES =
      ImmutableMap.of("IPv4", Family.IPV4, "IPv6", Family.IPV6);

  private final Shared shared;
  private final Optional<String> defaultPortName;
  private Optional<Family> family = Optional.empty();
  private final ImmutableList.Builder<EndpointSlice.Port> ports = ImmutableList.builder();
  private final List<EndpointSlice.Endpoint> endpoints = new ArrayList<>();

  /**
   * @param defaultPortName what a port without a name is called. The API server fills in the empty
   *     name; where it did not, kube-proxy passes over the port.
   */
  SliceFields(Shared shared, Optional<String> defaultPortName) {
    this.shared = shared;
    this.defaultPortName = defaultPortName;
  }

  /** Takes the value of a field at the top if a slice has such a field; else says no. */
  boolean top(Cursor in, String field) throws IOException {
    switch (field) {
      case "addressType" -> family = in.oneOf(FAMILIES, "the slice is left out");
      case "ports" -> in.eachElement(() -> port(in));
      case "endpoints" -> in.eachElement(() -> endpoint(in));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The slice, unless it lacks its Service's name or an address type. */
  Optional<EndpointSlice> slice(Cursor in, ObjectName name, String service) {
    if (service.isEmpty()) {
      in.note("metadata.labels has no kubernetes.io/service-name; the slice is left out");
      return Optional.empty();
    }
    return family.map(of ->
        new EndpointSlice(
            name,
            new ObjectName(name.namespace(), service),
            of,
            shared.same(ports.build()),
            ofFamily(in, of)));
  }

  /** {@code addressType} may come after the endpoints, so this is checked at the end. */
  private ImmutableList<EndpointSlice.Endpoint> ofFamily(Cursor in, Family wanted) {
    ImmutableList.Builder<EndpointSlice.Endpoint> fitting =
        ImmutableList.builderWithExpectedSize(endpoints.size());
    for (EndpointSlice.Endpoint endpoint : endpoints) {
      if (endpoint.address().family() == wanted) {
        fitting.add(endpoint);
      } else {
        in.note(
            "endpoint %s is not an %s address, as addressType says; that endpoint is left out"
                .formatted(endpoint.address(), wanted.label()));
      }
    }
    return fitting.build();
  }

  private void port(Cursor in) throws IOException {
    PortFields port = new PortFields();
    in.eachField(field -> port.read(in, field));
    Optional<String> name = port.name.or(() -> defaultPortName);
    if (name.isEmpty() || port.number == 0 || port.protocol.isEmpty()) {
      in.note("has no usable name, number and protocol; that port is left out");
    } else {
      ports.add(new EndpointSlice.Port(name.get(), port.protocol.get(), port.number));
    }
  }

  private void endpoint(Cursor in) throws IOException {
    EndpointFields endpoint = new EndpointFields();
    in.eachField(field -> endpoint.read(in, field));
    endpoint.addTo(endpoints);
  }

  private final class EndpointFields {
    private Optional<IpAddress> address = Optional.empty();
    private Optional<String> nodeName = Optional.empty();
    private boolean ready = true; // nil means true, also for serving
    private boolean serving = true;
    private boolean terminating;
    private ImmutableSet<String> zoneHints = ImmutableSet.of();
    private ImmutableSet<String> nodeHints = ImmutableSet.of();

    void read(Cursor in, String field) throws IOException {
      switch (field) {
        case "addresses" -> address = firstAddress(in);
        case "nodeName" -> nodeName = shared.optional(in.text());
        case "conditions" -> in.eachField(condition -> condition(in, condition));
        case "hints" -> in.eachField(hint -> hint(in, hint));
        default -> in.skip(); // targetRef, hostname, zone, deprecatedTopology
      }
    }

    void addTo(List<EndpointSlice.Endpoint> list) {
      address.ifPresent(at ->
          list.add(
              new EndpointSlice.Endpoint(
                  at, nodeName, ready, serving, terminating, zoneHints, nodeHints)));
    }

    private void condition(Cursor in, String field) throws IOException {
      switch (field) {
        case "ready" -> ready = in.flag(true);
        case "serving" -> serving = in.flag(true);
        case "terminating" -> terminating = in.flag(false);
        default -> in.skip();
      }
    }

    private void hint(Cursor in, String field) throws IOException {
      switch (field) {
        case "forZones" -> zoneHints = names(in);
        case "forNodes" -> nodeHints = names(in);
        default -> in.skip();
      }
    }
  }

  /** The API says: clients use the first address only, all others are to be ignored. */
  private static Optional<IpAddress> firstAddress(Cursor in) throws IOException {
    List<Optional<IpAddress>> first = new ArrayList<>(1);
    in.eachElement(() -> {
      if (first.isEmpty()) {
        first.add(in.address().filter(address -> isUsable(in, address)));
      } else {
        in.skip();
      }
    });
    return first.isEmpty() ? Optional.empty() : first.getFirst();
  }

  /** The API server refuses these too: an endpoint must not be a way to the node's own services. */
  private static boolean isUsable(Cursor in, IpAddress address) {
    if (address.isLoopback()
        || address.isUnspecified()
        || address.isMulticast()
        || address.isLinkLocal()) {
      in.note(
          address
              + " is a loopback, unspecified, link-local or multicast address, which an endpoint"
              + " cannot have; that endpoint is left out");
      return false;
    }
    return true;
  }

  private ImmutableSet<String> names(Cursor in) throws IOException {
    ImmutableSet.Builder<String> names = ImmutableSet.builder();
    in.eachElement(() ->
        in.eachField(field -> {
          if (field.equals("name")) {
            names.add(in.text());
          } else {
            in.skip();
          }
        }));
    return shared.same(names.build());
  }
}
