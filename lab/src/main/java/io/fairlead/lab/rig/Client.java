package io.fairlead.lab.rig;

/** A host outside of the cluster, whose way to the service ranges leads through one node. */
public record Client(String name, Addresses addresses, Namespace namespace, Servers servers)
    implements Host {
  /** Sends what is not for this network through {@code node} from now on. */
  public void via(Node node) {
    namespace()
        .ip(
            """
            route replace default via %s
            route replace ::/0 via %s
            """
                .formatted(node.v4(), node.v6()));
  }
}
