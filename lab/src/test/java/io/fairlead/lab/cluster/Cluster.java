package io.fairlead.lab.cluster;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.net.IpAddress;
import io.fairlead.lab.cluster.Deployment.Place;
import io.fairlead.lab.cluster.User.Manner;
import io.fairlead.lab.cluster.User.Witness;
import io.fairlead.lab.rig.KubernetesApi;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Rig;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Three nodes with a Fairlead process each, an API server that all reach, and who asks. */
final class Cluster implements AutoCloseable {
  private static final int PLACES = 6;
  private static final int REPLICAS = 6;

  private final Rig rig = Rig.create();
  private final ImmutableList<Site> sites =
      Stream.of(1, 2, 3)
          .map(number -> Site.build(rig, number, PLACES))
          .collect(ImmutableList.toImmutableList());
  private final KubernetesApi api = KubernetesApi.start(rig.client("api", sites.getFirst().node()));
  private final Fairleads fairleads;

  Cluster() throws InterruptedException {
    sites.forEach(site -> api.apply(site.object()));
    fairleads = Fairleads.start(nodes(), api.url());
  }

  private List<Node> nodes() {
    return sites.stream().map(Site::node).toList();
  }

  Fairleads fairleads() {
    return fairleads;
  }

  KubernetesApi api() {
    return api;
  }

  /** Two pods on each node, and places for four more. Returns once all nodes know them. */
  Deployment deploy(WebService service) throws InterruptedException {
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < PLACES; i++) {
      for (Site site : sites) {
        places.add(site.places().get(i));
      }
    }
    Deployment deployment = new Deployment(service, api, fairleads::awaitAll, places, REPLICAS);
    for (Node node : nodes()) {
      awaitRealServers(node, service);
    }
    return deployment;
  }

  private static void awaitRealServers(Node node, WebService service) throws InterruptedException {
    for (int tries = 0; realServers(node, service) != REPLICAS; tries++) {
      if (tries == 100) {
        throw new IllegalStateException("not on " + node.name() + ":\n" + ipvs(node));
      }
      Thread.sleep(200);
    }
  }

  private static long realServers(Node node, WebService service) {
    String state = ipvs(node);
    return state.contains(service.virtualServer())
        ? state.lines().filter(line -> line.startsWith(service.realServers())).count()
        : 0;
  }

  private static String ipvs(Node node) {
    return node.namespace().run("ipvsadm", "-Sn");
  }

  /** From outside and from pods, through every node, with short and long connections. */
  Load load(WebService service, Witness witness) {
    Load load = new Load();
    IpAddress inside = service.clusterIp();
    IpAddress outside = service.externalIp();
    for (Site site : sites) {
      List<IpAddress> caller = List.of(site.caller().v4());
      load.add(site.client(), Manner.SHORT, inside, site.crowd(0), witness);
      load.add(site.client(), Manner.SHORT, outside, site.crowd(1), witness);
      load.add(site.client(), Manner.KEEP_ALIVE, outside, site.crowd(2), witness);
      // These share an address, so their answers are not in the order of their requests.
      load.add(site.caller(), Manner.SHORT, inside, caller, (_, _) -> {});
      load.add(site.caller(), Manner.KEEP_ALIVE, inside, caller, (_, _) -> {});
    }
    return load;
  }

  /** What may explain a failure. */
  String state() {
    return nodes().stream().map(Cluster::ipvs).collect(Collectors.joining("\n"))
        + "\n"
        + fairleads.logs();
  }

  @Override
  public void close() {
    fairleads.close();
    api.close();
    rig.close();
  }
}
