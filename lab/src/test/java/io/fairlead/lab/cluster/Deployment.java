package io.fairlead.lab.cluster;

import io.fairlead.lab.rig.KubernetesApi;
import io.fairlead.lab.rig.Pod;
import io.fairlead.lab.rig.WebServer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Pods behind a Service, replaced one by one as the Deployment and EndpointSlice controllers and
 * the kubelet do it together: a new pod is listed when it runs and is ready a little later; then an
 * old one is marked as terminating, and goes on serving; then it leaves the slice; and a moment
 * later its server gets SIGTERM.
 */
final class Deployment implements AutoCloseable {
  private static final Duration UNTIL_READY = Duration.ofMillis(200);
  private static final Duration MIN_READY = Duration.ofMillis(200);

  /** A third of the 30 s that Kubernetes gives a pod by default. */
  private static final Duration TERMINATING = Duration.ofSeconds(10);

  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  /** Where a pod may be. Its address outlives the pod, and another has it later. */
  record Place(String node, Pod host) {}

  /** What a pod waits for before it ends. */
  @FunctionalInterface
  interface Grace {
    void await() throws InterruptedException;
  }

  private enum Phase {
    STARTING("\"ready\":false,\"serving\":false,\"terminating\":false"),
    READY("\"ready\":true,\"serving\":true,\"terminating\":false"),
    TERMINATING("\"ready\":false,\"serving\":true,\"terminating\":true");

    private final String conditions;

    Phase(String conditions) {
      this.conditions = conditions;
    }
  }

  private record Replica(Place place, WebServer server, Phase phase) {
    String endpoint() {
      return """
      {"addresses":["%s"],"nodeName":"%s","conditions":{%s}}\
      """
          .formatted(place.host.v4(), place.node, phase.conditions);
    }
  }

  private final WebService service;
  private final KubernetesApi api;
  private final Grace grace;
  private final Deque<Place> free;
  private final List<Replica> slice = new ArrayList<>();
  private final List<WebServer> servers = new ArrayList<>();
  private final List<Thread> farewells = new ArrayList<>();
  private final Set<String> leaving = ConcurrentHashMap.newKeySet();
  private int changes;

  /** Creates the Service, with pods in the first places, and leaves the others free. */
  Deployment(WebService service, KubernetesApi api, Grace grace, List<Place> places, int replicas) {
    this.service = service;
    this.api = api;
    this.grace = grace;
    this.free = new ArrayDeque<>(places);
    api.apply(service.object());
    for (int i = 0; i < replicas; i++) {
      start(free.removeFirst(), Phase.READY);
    }
    publish();
  }

  /** Replaces all pods, one after the other. Returns when the last old one is terminating. */
  void rollOut() throws InterruptedException {
    for (Replica old : ready()) {
      Replica fresh = start(freePlace(), Phase.STARTING);
      publish();
      Thread.sleep(UNTIL_READY);
      move(fresh, Phase.READY);
      Thread.sleep(MIN_READY);
      leaving.add(old.server.name());
      Replica last = move(old, Phase.TERMINATING);
      farewells.add(Thread.ofPlatform().daemon().name("farewell").start(() -> end(last)));
    }
  }

  /** Waits until all old pods are gone. */
  void awaitFarewells() throws InterruptedException {
    for (Thread farewell : farewells) {
      farewell.join();
    }
  }

  private void end(Replica last) {
    try {
      Thread.sleep(TERMINATING);
      grace.await();
      remove(last);
      Thread.sleep(LAST_WORDS);
      last.server.terminate();
      last.server.awaitEnd();
      giveBack(last.place);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Replica start(Place place, Phase phase) {
    String name = place.host.name() + "-" + servers.size();
    Replica replica =
        new Replica(place, WebServer.start(place.host, name, WebService.TARGET_PORT), phase);
    servers.add(replica.server);
    slice.add(replica);
    return replica;
  }

  private synchronized Replica move(Replica replica, Phase phase) {
    Replica moved = new Replica(replica.place, replica.server, phase);
    slice.set(slice.indexOf(replica), moved);
    publish();
    return moved;
  }

  private synchronized void remove(Replica replica) {
    slice.remove(replica);
    publish();
  }

  private synchronized void publish() {
    changes++;
    api.apply(service.slice(slice.stream().map(Replica::endpoint).toList()));
  }

  private synchronized List<Replica> ready() {
    return slice.stream().filter(replica -> replica.phase == Phase.READY).toList();
  }

  private synchronized Place freePlace() throws InterruptedException {
    while (free.isEmpty()) {
      wait();
    }
    return free.removeFirst();
  }

  private synchronized void giveBack(Place place) {
    free.addLast(place);
    notifyAll();
  }

  /** How often the slice has been changed. */
  synchronized int changes() {
    return changes;
  }

  /** Whether a pod is terminating, or gone. */
  boolean isLeaving(String pod) {
    return leaving.contains(pod);
  }

  /** The servers of all pods that there have been. */
  synchronized List<WebServer> servers() {
    return List.copyOf(servers);
  }

  /** Deletes it all. Who still asks a pod is told that it ends. */
  @Override
  public synchronized void close() {
    api.delete(service.object());
    api.delete(service.slice(List.of()));
    servers.forEach(WebServer::terminate);
  }
}
