package io.fairlead.proxier.source.kubernetes;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.proxier.source.ProblemLog;
import io.fairlead.proxier.source.Source;
import io.fairlead.proxier.source.SourceStatus;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Services, EndpointSlices and Nodes of a cluster. Each has a thread of its own that blocks on one
 * watch; the listener is told one event at a time all the same.
 */
public final class KubernetesSource implements Source {
  private final ApiServer api;
  private final String nodeName;
  private final WatchTiming timing;
  private final ProblemLog problems;
  private final RandomGenerator random;
  private ImmutableList<Reflector> reflectors = ImmutableList.of();
  private ImmutableList<Thread> threads = ImmutableList.of();

  /**
   * @param api closed together with this
   * @param nodeName the own Node, of which everything is reported; of others, their addresses
   * @param random thread-safe; spreads retries and watch ends over time
   */
  public KubernetesSource(
      ApiServer api,
      String nodeName,
      WatchTiming timing,
      ProblemLog problems,
      RandomGenerator random) {
    this.api = api;
    this.nodeName = nodeName;
    this.timing = timing;
    this.problems = problems;
    this.random = random;
  }

  @Override
  public synchronized void start(Listener listener) {
    ReentrantLock turn = new ReentrantLock();
    Consumer<ClusterEvent> events = event -> inTurn(turn, listener, event);
    reflectors =
        ImmutableList.of(
            reflector(Resource.services(), events),
            reflector(Resource.endpointSlices(), events),
            reflector(Resource.nodes(nodeName), new NodeChanges(nodeName, events)));
    // Platform threads: they block for ever, and there are three of them.
    threads =
        reflectors.stream()
            .map(it -> Thread.ofPlatform().daemon().name(it.status().resource()).start(it))
            .collect(toImmutableList());
  }

  private Reflector reflector(Resource of, Consumer<ClusterEvent> events) {
    return new Reflector(api, of, timing, problems, random, events);
  }

  private static void inTurn(ReentrantLock turn, Listener listener, ClusterEvent event) {
    turn.lock();
    try {
      listener.on(event);
    } finally {
      turn.unlock();
    }
  }

  @Override
  public String description() {
    return "the API server at " + api.address();
  }

  @Override
  public synchronized ImmutableList<SourceStatus> status() {
    return reflectors.stream().map(Reflector::status).collect(toImmutableList());
  }

  @Override
  public synchronized void close() {
    reflectors.forEach(Reflector::close);
    threads.forEach(Thread::interrupt);
    api.close();
  }
}
