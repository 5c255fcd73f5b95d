package io.fairlead.lab.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.Multiset;
import io.fairlead.core.net.IpAddress;
import io.fairlead.lab.rig.Client;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Pod;
import io.fairlead.lab.rig.Rig;
import io.fairlead.lab.rig.Stream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A node, three pods and a client outside of the cluster: what an operator sees of Fairlead from
 * its start to {@code fairlead cleanup}. Ends with status 1 if a request failed or a check did not
 * hold.
 */
public final class Demo {
  private static final IpAddress VIP = IpAddress.parse("172.22.132.200");
  private static final int PORT = 80;
  private static final Path FOLDER = Path.of("/run/demo/services");
  private static final String METRICS =
      "curl -s http://127.0.0.1:10249/metrics | grep -E"
          + " '^(fairlead_event_to_kernel|kubeproxy_sync_proxy_rules)_duration_seconds"
          + "_(count|sum|max)'";

  private final Stage stage;
  private final Shell shell;
  private final Requests requests;
  private final Client client;
  private final Path manifests;
  private Latency beforeEdits = Latency.NONE;

  private Demo(Stage stage, Rig rig, Path command, Path manifests) {
    this.stage = stage;
    this.manifests = manifests;
    Node node = rig.node("node3", 3);
    for (int i = 1; i <= 3; i++) {
      Pod pod = node.pod("web-" + i, "10.244.3." + (9 + i), "fd00:244:3::" + (9 + i));
      pod.serve(PORT);
    }
    this.client = rig.client("client", node);
    this.shell = new Shell(stage, node, command);
    this.requests = new Requests(client, VIP, PORT);
  }

  /**
   * Plays it all.
   *
   * @param arguments the folder of the command {@code fairlead}, and that of the manifests
   */
  public static void main(String[] arguments) {
    Stage stage = new Stage(new PrintStream(System.out, true, UTF_8));
    try (Rig rig = Rig.create()) {
      stage.step("A node, three pods, and a client outside of the cluster");
      Demo demo = new Demo(stage, rig, Path.of(arguments[0]), Path.of(arguments[1]));
      demo.play();
      System.exit(demo.verdict());
    } catch (IOException | InterruptedException | IllegalStateException e) {
      stage.check(false, String.valueOf(e.getMessage()));
      System.exit(1);
    }
  }

  private void play() throws IOException, InterruptedException {
    stage.say(
        """
        kernel %s; node3 is 192.168.50.3, its pods are web-1 to web-3, 10.244.3.10 to .12
        the client is %s, and reaches Service addresses through node3\
        """
            .formatted(System.getProperty("os.version"), client.v4()));
    Files.createDirectories(FOLDER);
    shell.type("cp %s/service.yaml %s/".formatted(manifests, FOLDER));
    giveEndpoints("one");
    try (Proxy proxy = start()) {
      proxy.await("first sync done");
      oneServiceThreeAddresses();
      threePods(proxy);
      leaveAndReturn(proxy);
      howFast();
      someoneDeletesAVip(proxy);
      restart(proxy);
    }
    leave();
  }

  private Proxy start() {
    return Proxy.start(
        stage,
        shell,
        "fairlead",
        "run",
        "--manifests",
        FOLDER.toString(),
        "--hostname-override",
        "node3",
        "--ipvs-sync-period",
        "5s");
  }

  private void giveEndpoints(String which) {
    shell.type("cp %s/endpoints-%s.yaml %s/endpoints.yaml".formatted(manifests, which, FOLDER));
  }

  private void oneServiceThreeAddresses() {
    stage.step("One Service with a ClusterIP, an externalIP and a load balancer's address");
    String addresses = shell.type("ip addr show kube-ipvs0");
    String ipvs = shell.type("ipvsadm -Ln");
    for (String vip : new String[] {"10.96.30.32", "10.100.233.153", "172.22.132.200"}) {
      stage.check(addresses.contains("inet " + vip + "/32 "), vip + " is bound to kube-ipvs0");
    }
    stage.check(
        Pattern.compile("TCP +172\\.22\\.132\\.200:80 rr *\\n *-> 10\\.244\\.3\\.10:80 +Masq +1 ")
            .matcher(ipvs)
            .find(),
        "TCP 172.22.132.200:80 rr -> 10.244.3.10:80 Masq 1");
    stage.check(requests.one().equals("web-1"), "the client's request is answered by web-1");
    stage.check(client.ping(VIP), "the address answers a ping from the client");
  }

  private void threePods(Proxy proxy) throws InterruptedException {
    stage.step("Two more endpoints join, and requests go around");
    beforeEdits = Latency.in(shell.run(METRICS).text());
    giveEndpoints("three");
    proxy.await("synced in");
    Multiset<String> answers = requests.several(30);
    stage.say("30 requests from the client: " + Requests.text(answers));
    stage.check(
        IntStream.rangeClosed(1, 3).allMatch(i -> answers.count("web-" + i) == 10),
        "each pod answered 10 of 30");
    shell.type("fairlead status");
    shell.type("nft list set inet fairlead masquerade4");
    shell.type("nft list chain inet fairlead input");
  }

  private void leaveAndReturn(Proxy proxy) throws IOException, InterruptedException {
    stage.step("An endpoint leaves and returns, while requests go on");
    try (Stream stream = streamTo("web-1")) {
      Requests.Running running = requests.keepAsking();
      long before = requests.failed();
      for (int round = 1; round <= 3; round++) {
        giveEndpoints("without-first");
        proxy.await("synced in");
        running.awaitMore(20);
        if (round == 1) {
          String ipvs = shell.type("ipvsadm -Ln -t " + VIP + ":80");
          stage.check(
              Pattern.compile("-> 10\\.244\\.3\\.10:80 +Masq +0 +1 ").matcher(ipvs).find(),
              "web-1 drains: weight 0, and the one connection that it has");
          stage.check(answeredBy(stream, "web-1"), "that connection still talks to web-1");
        }
        giveEndpoints("three");
        proxy.await("synced in");
        running.awaitMore(20);
      }
      Multiset<String> answers = running.stop();
      stage.say(answers.size() + " requests meanwhile: " + Requests.text(answers));
      stage.check(requests.failed() == before, "none of them failed");
      stage.check(answeredBy(stream, "web-1"), "the open connection outlived it all");
    }
  }

  private void howFast() {
    stage.step("How long it took, by the daemon's own metrics");
    Latency total = Latency.in(shell.type(METRICS));
    stage.check(total.count() > 0, "%d passes for events".formatted(total.count()));
    stage.say("    the first, at the start: " + beforeEdits);
    stage.say("    the endpoints that came and went: " + total.since(beforeEdits));
    stage.say("Measured on an emulated processor, with a JVM that has only just started.");
  }

  private void someoneDeletesAVip(Proxy proxy) throws InterruptedException {
    stage.step("Somebody takes an address away; the next look at the kernel repairs it");
    shell.type("ip addr del " + VIP + "/32 dev kube-ipvs0");
    proxy.await("repaired");
    String addresses = shell.type("ip -brief addr show kube-ipvs0");
    stage.check(addresses.contains(VIP + "/32"), "it is back");
    stage.check(requests.one().startsWith("web-"), "and is served");
  }

  private void restart(Proxy old) throws IOException, InterruptedException {
    stage.step("The daemon restarts, and nobody notices");
    Requests.Running running = requests.keepAsking();
    long before = requests.failed();
    try (Stream stream = streamTo("web-2")) {
      shell.type("kill -TERM " + old.pid());
      old.awaitEnd();
      try (Proxy proxy = start()) {
        String line = proxy.await("first sync done");
        stage.check(line.contains("nothing to change"), "the new process writes nothing");
        stage.check(answeredBy(stream, "web-2"), "a connection from before still talks to web-2");
        Multiset<String> answers = running.stop();
        stage.say(answers.size() + " requests meanwhile: " + Requests.text(answers));
        stage.check(requests.failed() == before, "none of them failed");
        shell.type("kill -TERM " + proxy.pid());
        proxy.awaitEnd();
      }
    }
  }

  private void leave() {
    stage.step("Leaving: what is Fairlead's is removed, and only that");
    shell.type("fairlead cleanup");
    String ipvs = shell.type("ipvsadm -Ln");
    stage.check(!ipvs.contains("TCP"), "no virtual server is left");
  }

  private int verdict() {
    boolean good = requests.failed() == 0 && stage.broken() == 0;
    stage.say(
        "%n%s: %d requests, %d failed; %d checks did not hold; %.0f s"
            .formatted(
                good ? "demo: all well" : "demo: FAILED",
                requests.total(),
                requests.failed(),
                stage.broken(),
                stage.seconds()));
    return good ? 0 : 1;
  }

  /** A new connection that went to this pod; round robin gets there in a few. */
  private Stream streamTo(String pod) throws IOException {
    for (int attempt = 0; attempt < 30; attempt++) {
      Stream stream = client.stream(VIP, PORT);
      if (answeredBy(stream, pod)) {
        return stream;
      }
      stream.close();
    }
    throw new IllegalStateException("thirty connections, and none to " + pod);
  }

  private static boolean answeredBy(Stream stream, String pod) {
    return stream.ask().answeredBy().equals(Optional.of(pod));
  }
}
