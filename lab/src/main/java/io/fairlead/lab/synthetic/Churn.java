package io.fairlead.lab.synthetic;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.lab.synthetic.Pod.Condition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The life of a cluster, without an end: the same cluster and seed give the same each time.
 *
 * <p>Of a hundred things that happen, about {@value #ROLLING} are steps of rolling updates, of
 * which up to {@value #ROLLOUTS} run side by side; {@value #FLAPPING} are pods that turn ready or
 * not; {@value #SCALING} are pods that come or go as a Service is scaled; the rest are Services
 * that are deleted, of which no more than one in {@value #GONE} is at a time, or come back. A
 * rolling update replaces a quarter of a Service's pods at a time, which is what a Deployment does
 * unless it is told otherwise: new pods start, are ready, the old ones terminate while they still
 * serve, and are gone.
 */
public final class Churn {
  private static final int ROLLING = 60;
  private static final int FLAPPING = 25;
  private static final int SCALING = 12;
  private static final int ROLLOUTS = 8;
  private static final int GONE = 20;

  /** So few that even a rolling update of all of them fits one EndpointSlice of each family. */
  private static final int MOST_PODS = 700;

  private final Cluster cluster;
  private final SplittableRandom dice;

  /** Of the Services whose pods are not as they were at the start. */
  private final Map<Integer, ImmutableList<Pod>> changed = new HashMap<>();

  private final List<Rollout> rollouts = new ArrayList<>();
  private final Set<Integer> gone = new LinkedHashSet<>();

  public Churn(Cluster cluster, long seed) {
    this.cluster = cluster;
    this.dice = new SplittableRandom(seed);
  }

  /** A rolling update under way: the pods of earlier generations are to be replaced. */
  private record Rollout(int number, int generation, int atATime, Step next) {
    enum Step {
      START,
      READY,
      TERMINATE,
      GONE
    }

    Rollout then(Step step) {
      return new Rollout(number, generation, atATime, step);
    }
  }

  /**
   * What happens next to one Service. Its EndpointSlices have the same news one after the other.
   */
  public ImmutableList<ClusterEvent> next() {
    while (true) {
      ImmutableList<ClusterEvent> events = attempt();
      if (!events.isEmpty()) {
        return events;
      }
    }
  }

  /** All objects as they are by now, as {@link Cluster#list} does it for the start. */
  public void list(Consumer<ClusterEvent> to) {
    cluster
        .numbers()
        .filter(number -> !gone.contains(number))
        .forEach(number -> to.accept(new ClusterEvent.ServiceApplied(cluster.service(number))));
    to.accept(new ClusterEvent.Listed(ClusterEvent.Kind.SERVICES));
    cluster
        .numbers()
        .filter(number -> !gone.contains(number))
        .forEach(number -> slices(number).forEach(to));
    to.accept(new ClusterEvent.Listed(ClusterEvent.Kind.ENDPOINT_SLICES));
    to.accept(new ClusterEvent.NodeApplied(cluster.node(0)));
    to.accept(new ClusterEvent.Listed(ClusterEvent.Kind.NODES));
  }

  /** Nothing, if it hit upon a Service to which this cannot happen. */
  private ImmutableList<ClusterEvent> attempt() {
    int percent = dice.nextInt(100);
    int number = dice.nextInt(cluster.size());
    if (percent >= ROLLING + FLAPPING + SCALING) {
      return comeOrGo(number);
    }
    if (percent < ROLLING) {
      return roll(number);
    }
    return gone.contains(number)
        ? ImmutableList.of()
        : percent < ROLLING + FLAPPING ? flap(number) : scale(number);
  }

  private ImmutableList<ClusterEvent> comeOrGo(int number) {
    if (!gone.isEmpty() && (dice.nextBoolean() || gone.size() >= cluster.size() / GONE)) {
      int back = gone.iterator().next();
      gone.remove(back);
      return ImmutableList.<ClusterEvent>builder()
          .add(new ClusterEvent.ServiceApplied(cluster.service(back)))
          .addAll(slices(back))
          .build();
    }
    if (cluster.size() < GONE || !gone.add(number)) {
      return ImmutableList.of();
    }
    rollouts.removeIf(rollout -> rollout.number == number);
    var events = ImmutableList.<ClusterEvent>builder();
    events.add(new ClusterEvent.ServiceRemoved(cluster.name(number)));
    cluster
        .slices(number, pods(number))
        .forEach(slice -> events.add(new ClusterEvent.SliceRemoved(slice.name())));
    return events.build();
  }

  private ImmutableList<ClusterEvent> flap(int number) {
    List<Pod> pods = new ArrayList<>(pods(number));
    if (pods.isEmpty()) {
      return ImmutableList.of();
    }
    int which = dice.nextInt(pods.size());
    Pod pod = pods.get(which);
    if (pod.is(Condition.TERMINATING)) {
      return ImmutableList.of(); // it never turns ready again
    }
    pods.set(which, pod.now(pod.is(Condition.READY) ? Condition.NOT_READY : Condition.READY));
    return change(number, pods);
  }

  private ImmutableList<ClusterEvent> scale(int number) {
    List<Pod> pods = new ArrayList<>(pods(number));
    if (pods.isEmpty() || (pods.size() < MOST_PODS && dice.nextBoolean())) {
      int index = pods.stream().mapToInt(pod -> pod.index() + 1).max().orElse(0);
      pods.add(new Pod(index, generation(pods), Condition.READY));
    } else {
      pods.removeLast();
    }
    return change(number, pods);
  }

  private ImmutableList<ClusterEvent> roll(int number) {
    if (rollouts.size() < ROLLOUTS) {
      begin(number);
    }
    if (rollouts.isEmpty()) {
      return ImmutableList.of();
    }
    int which = dice.nextInt(rollouts.size());
    Rollout rollout = rollouts.get(which);
    Rollout.Step then =
        switch (rollout.next) {
          case START -> Rollout.Step.READY;
          case READY -> Rollout.Step.TERMINATE;
          case TERMINATE -> Rollout.Step.GONE;
          case GONE -> Rollout.Step.START;
        };
    ImmutableList<Pod> pods = step(rollout);
    if (then == Rollout.Step.START && pods.stream().noneMatch(isBefore(rollout))) {
      rollouts.remove(which);
    } else {
      rollouts.set(which, rollout.then(then));
    }
    return change(rollout.number, pods);
  }

  private void begin(int number) {
    ImmutableList<Pod> pods = pods(number);
    boolean isRolling = rollouts.stream().anyMatch(rollout -> rollout.number == number);
    if (!isRolling && !gone.contains(number) && !pods.isEmpty()) {
      int quarter = Math.max(1, pods.size() / 4);
      rollouts.add(new Rollout(number, generation(pods) + 1, quarter, Rollout.Step.START));
    }
  }

  private ImmutableList<Pod> step(Rollout rollout) {
    ImmutableList<Pod> pods = pods(rollout.number);
    List<Pod> old = pods.stream().filter(isBefore(rollout)).limit(rollout.atATime).toList();
    return switch (rollout.next) {
      case START -> {
        var more = ImmutableList.<Pod>builder().addAll(pods);
        old.forEach(pod -> more.add(new Pod(pod.index(), rollout.generation, Condition.NOT_READY)));
        yield more.build();
      }
      case READY -> turned(pods, isBefore(rollout).negate(), Condition.READY);
      case TERMINATE -> turned(pods, old::contains, Condition.TERMINATING);
      case GONE ->
          pods.stream().filter(pod -> !old.contains(pod)).collect(ImmutableList.toImmutableList());
    };
  }

  private static Predicate<Pod> isBefore(Rollout rollout) {
    return pod -> pod.generation() < rollout.generation;
  }

  private static ImmutableList<Pod> turned(
      List<Pod> pods, Predicate<Pod> which, Condition condition) {
    return pods.stream()
        .map(pod -> which.test(pod) ? pod.now(condition) : pod)
        .collect(ImmutableList.toImmutableList());
  }

  private static int generation(List<Pod> pods) {
    return pods.stream().mapToInt(Pod::generation).max().orElse(0);
  }

  private ImmutableList<Pod> pods(int number) {
    ImmutableList<Pod> pods = changed.get(number);
    return pods == null ? cluster.pods(number) : pods;
  }

  /** Nothing if that is how they are. */
  private ImmutableList<ClusterEvent> change(int number, List<Pod> pods) {
    ImmutableList<Pod> now = ImmutableList.copyOf(pods);
    if (now.equals(pods(number))) {
      return ImmutableList.of();
    }
    changed.put(number, now);
    return slices(number);
  }

  private ImmutableList<ClusterEvent> slices(int number) {
    return cluster.slices(number, pods(number)).stream()
        .map(ClusterEvent.SliceApplied::new)
        .collect(ImmutableList.toImmutableList());
  }
}
