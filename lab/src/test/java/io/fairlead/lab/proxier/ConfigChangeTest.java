package io.fairlead.lab.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.core.net.IpAddress;
import io.fairlead.lab.rig.Client;
import io.fairlead.lab.rig.FairleadProcess;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Outcome;
import io.fairlead.lab.rig.Pod;
import io.fairlead.lab.rig.Rig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration file of the packaged command changes while it runs, under load. */
class ConfigChangeTest {
  private static final IpAddress VIP = IpAddress.parse("10.96.0.10");
  private static final String CONFIG =
      """
      apiVersion: kubeproxy.config.k8s.io/v1alpha1
      kind: KubeProxyConfiguration
      clusterCIDR: 10.244.0.0/16
      ipvs:
        scheduler: %s
      """;
  private static final String OBJECTS =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: default}
      spec: {clusterIP: 10.96.0.10, ports: [{port: 80, protocol: TCP}]}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: web-1, namespace: default, labels: {kubernetes.io/service-name: web}}
      addressType: IPv4
      ports: [{port: 8080, protocol: TCP}]
      endpoints: [{addresses: [10.244.1.10], nodeName: node1, conditions: {ready: true}}]
      """;

  @TempDir Path folder;

  @Test
  void whatItSaysCountsAtOnceAndWhatIsWrongChangesNothing() throws Exception {
    Path config = folder.resolve("config.conf");
    Files.writeString(config, CONFIG.formatted("rr"));
    Path manifests = Files.createDirectory(folder.resolve("manifests"));
    Files.writeString(manifests.resolve("web.yaml"), OBJECTS);
    try (Rig rig = Rig.create()) {
      Node node = rig.node("node1");
      Pod pod = node.pod("web", "10.244.1.10", "fd00:244:1::10");
      pod.serve(8080);
      Client client = rig.client("client", node);
      try (FairleadProcess fairlead =
              FairleadProcess.startFirst(
                  FairleadProcess.HOME,
                  node,
                  List.of("--config=" + config, "--manifests=" + manifests));
          Load load = new Load(client)) {
        fairlead.awaitFirstSync();
        assertTrue(ipvs(node).contains("-s rr"), () -> ipvs(node));
        load.start();

        Files.writeString(config, CONFIG.formatted("[lc"));
        fairlead.await("config.conf has changed, and is wrong: all stays as it is");

        replace(config, CONFIG.formatted("lc"));
        fairlead.await("  ipvs: Ipvs[scheduler=rr");
        fairlead.await("1 × virtual server edited");
        assertTrue(ipvs(node).contains("-s lc"), () -> ipvs(node));

        assertEquals(List.of(), load.stop());
        assertFalse(fairlead.log().contains("stopped"), fairlead::log);
      }
    }
  }

  /** As kubelet does it: another file takes its place. */
  private static void replace(Path file, String text) throws IOException {
    Path fresh = Files.writeString(file.resolveSibling("fresh"), text);
    Files.move(
        fresh,
        file,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING,
        java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  private static String ipvs(Node node) {
    return node.namespace().run("ipvsadm", "-Sn");
  }

  /** A request after the other. */
  private static final class Load implements AutoCloseable {
    private final Client client;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final List<Outcome> failures = new ArrayList<>();
    private final Thread thread = Thread.ofPlatform().daemon().name("load").unstarted(this::run);
    private int requests;

    Load(Client client) {
      this.client = client;
    }

    void start() {
      thread.start();
    }

    private void run() {
      while (!ended.get()) {
        Outcome outcome = client.tcp(VIP, 80);
        requests++;
        if (!(outcome instanceof Outcome.Answer)) {
          failures.add(outcome);
        }
      }
    }

    /** Ends it, and returns what was no answer. */
    List<Outcome> stop() throws InterruptedException {
      ended.set(true);
      thread.join();
      assertTrue(requests > 10, () -> requests + " requests");
      return failures;
    }

    @Override
    public void close() {
      ended.set(true);
    }
  }
}
