package io.fairlead.lab.rig;

import static com.google.common.base.Preconditions.checkArgument;

import io.fairlead.core.net.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A cluster of network namespaces, which ends when closed. It leaves the namespace that it is built
 * from alone, and several may stand side by side.
 *
 * <pre>
 *  client1 192.168.50.101 ─┐                    ┌─ node1 192.168.50.1 ═ pods 10.244.1.0/24
 *                          ├─ wire (a bridge) ──┤
 *  client2 192.168.50.102 ─┘                    └─ node2 192.168.50.2 ═ pods 10.244.2.0/24
 * </pre>
 *
 * The IPv6 side is fd00:50::/64 with fd00:244:N::/64 for pods. Pods are routed to over a veth pair
 * each, as Calico does. Clients reach pods directly, and all else through one node.
 */
public final class Rig implements AutoCloseable {
  private final String id;
  private final Namespace wire;
  private final Servers servers = new Servers();
  private final List<Namespace> namespaces = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();

  private Rig(String id) {
    this.id = id;
    this.wire = namespace("wire");
  }

  /** An empty cluster. */
  public static Rig create() {
    // Unlike any other rig's, also that of another process.
    Rig rig = new Rig("%x".formatted(System.nanoTime() & 0xffffffffffL));
    ipFromOutside("netns add " + rig.wire.name());
    // Snooping would hold back the neighbour solicitations of hosts it has not heard yet.
    rig.wire.ip("link add wire up type bridge forward_delay 0 stp_state 0 mcast_snooping 0");
    return rig;
  }

  /** Adds a node: 192.168.50.N and fd00:50::N for the Nth. */
  public Node node(String name) {
    return node(name, nodes.size() + 1);
  }

  /** Adds a node by a number that no other node has, which its addresses and its pods' follow. */
  public Node node(String name, int number) {
    Addresses addresses = Addresses.of("192.168.50." + number, "fd00:50::" + number);
    Namespace namespace = plugIn(name, addresses);
    namespace.sysctl("net/ipv4/ip_forward", 1);
    namespace.sysctl("net/ipv6/conf/all/forwarding", 1);
    Node node = new Node(name, number, addresses, namespace, servers, this);
    for (Node other : nodes) {
      route(other.namespace(), node);
      route(namespace, other);
    }
    clients.forEach(client -> route(client.namespace(), node));
    nodes.add(node);
    return node;
  }

  /**
   * Adds a client: 192.168.50.10N and fd00:50::1:N for the Nth, with its default route via node.
   */
  public Client client(String name, Node node) {
    int number = clients.size() + 1;
    Addresses addresses = Addresses.of("192.168.50." + (100 + number), "fd00:50::1:" + number);
    Client client = new Client(name, addresses, plugIn(name, addresses), servers);
    client.via(node);
    nodes.forEach(each -> route(client.namespace(), each));
    clients.add(client);
    return client;
  }

  Pod addPod(Node node, String name, Addresses addresses) {
    checkArgument(
        node.podCidr4().contains(addresses.v4()),
        "%s is not in %s",
        addresses.v4(),
        node.podCidr4());
    checkArgument(
        node.podCidr6().contains(addresses.v6()),
        "%s is not in %s",
        addresses.v6(),
        node.podCidr6());
    Namespace namespace = namespace(name);
    // No automatic link-local addresses: the search for duplicates would take a second.
    String port = "pod" + namespaces.size();
    ipFromOutside(
        """
        netns add %1$s
        link add eth0 netns %1$s type veth peer name %3$s netns %2$s
        """
            .formatted(namespace.name(), node.namespace().name(), port));
    namespace.ip(
        """
        link set lo up
        link set eth0 addrgenmode none up
        addr add %s/32 dev eth0
        addr add %s/128 dev eth0 nodad
        addr add fe80::2/64 dev eth0 nodad
        route add %s dev eth0
        route add default via %3$s dev eth0
        route add ::/0 via fe80::1 dev eth0
        """
            .formatted(addresses.v4(), addresses.v6(), node.v4()));
    node.namespace()
        .ip(
            """
            link set %1$s addrgenmode none up
            addr add fe80::1/64 dev %1$s nodad
            route add %2$s dev %1$s src %4$s
            route add %3$s dev %1$s src %5$s
            """
                .formatted(port, addresses.v4(), addresses.v6(), node.v4(), node.v6()));
    return new Pod(name, addresses, namespace, servers);
  }

  /** Makes a namespace whose eth0 hangs on the wire. */
  private Namespace plugIn(String name, Addresses addresses) {
    Namespace namespace = namespace(name);
    String port = "port" + namespaces.size();
    ipFromOutside(
        """
        netns add %1$s
        link add eth0 netns %1$s type veth peer name %3$s netns %2$s
        """
            .formatted(namespace.name(), wire.name(), port));
    wire.ip("link set %s master wire addrgenmode none up".formatted(port));
    namespace.ip(
        """
        link set lo up
        link set eth0 addrgenmode none up
        addr add %s/24 dev eth0
        addr add %s/64 dev eth0 nodad
        addr add %s/64 dev eth0 nodad
        """
            .formatted(addresses.v4(), addresses.v6(), linkLocal(addresses)));
    return namespace;
  }

  /** A router without one cannot ask for its neighbours' hardware addresses. */
  private static IpAddress linkLocal(Addresses addresses) {
    return IpAddress.v6(0xfe80L << 48, addresses.v6().lo());
  }

  private static void route(Namespace from, Node to) {
    from.ip(
        """
        route add %s via %s
        route add %s via %s
        """
            .formatted(to.podCidr4(), to.v4(), to.podCidr6(), to.v6()));
  }

  private Namespace namespace(String name) {
    Namespace namespace = new Namespace(id + "-" + name);
    namespaces.add(namespace);
    return namespace;
  }

  private static void ipFromOutside(String commands) {
    try {
      Namespace.succeed(
          Namespace.execute(List.of("ip", "-batch", "-"), commands), "ip -batch:\n" + commands);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends all servers, and takes all namespaces away with everything in them. */
  @Override
  public void close() {
    try {
      servers.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing the servers", e);
    }
    StringBuilder commands = new StringBuilder();
    namespaces.forEach(each -> commands.append("netns del ").append(each.name()).append('\n'));
    ipFromOutside(commands.toString());
  }
}
