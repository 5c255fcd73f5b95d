package io.fairlead.lab.cluster;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.net.IpAddress;
import io.fairlead.lab.cluster.Deployment.Place;
import io.fairlead.lab.rig.ApiObject;
import io.fairlead.lab.rig.Client;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Pod;
import io.fairlead.lab.rig.Rig;
import java.util.stream.IntStream;

/**
 * A node with room for pods, a pod that asks, and a client outside whose way to the VIPs leads
 * through the node. The client stands for a crowd: it has the addresses 198.18.N.0/24.
 */
record Site(int number, Node node, Client client, Pod caller, ImmutableList<Place> places) {
  private static final int CROWD = 64;

  static Site build(Rig rig, int number, int places) {
    Node node = rig.node("node" + number);
    Client client = rig.client("client" + number, node);
    client.namespace().ip("route add local 198.18.%d.0/24 dev lo".formatted(number));
    node.namespace().ip("route add 198.18.%d.0/24 via %s".formatted(number, client.v4()));
    return new Site(
        number,
        node,
        client,
        pod(node, "caller" + number, 5),
        IntStream.range(0, places)
            .mapToObj(i -> new Place(node.name(), pod(node, "web" + number + i, 10 + i)))
            .collect(toImmutableList()));
  }

  private static Pod pod(Node node, String name, int host) {
    return node.pod(
        name,
        "10.244.%d.%d".formatted(node.number(), host),
        "fd00:244:%d::%d".formatted(node.number(), host));
  }

  /** Some of the client's addresses, which are in no other crowd. */
  ImmutableList<IpAddress> crowd(int which) {
    return IntStream.range(which * CROWD, (which + 1) * CROWD)
        .mapToObj(i -> IpAddress.parse("198.18.%d.%d".formatted(number, i)))
        .collect(toImmutableList());
  }

  /** The node as the API server has it. */
  ApiObject object() {
    return new ApiObject(
        ApiObject.Collection.NODES,
        "",
        node.name(),
        "",
        """
        "spec":{"podCIDRs":["%s"]},"status":{"addresses":[{"type":"InternalIP","address":"%s"}]}\
        """
            .formatted(node.podCidr4(), node.v4()));
  }
}
