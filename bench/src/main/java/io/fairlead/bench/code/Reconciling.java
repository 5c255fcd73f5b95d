package io.fairlead.bench.code;

import static com.google.common.base.Preconditions.checkState;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.core.reconcile.ReconcilerSettings;
import io.fairlead.lab.synthetic.Cluster;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One pod that turns not ready, or ready again, from the event to the change that is applied: what
 * the sync loop does, with a kernel that says yes. That it costs the same among a hundred Services
 * and among ten thousand is the point.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {Product.COMPILER, Product.COLLECTOR, Product.HEADERS})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Reconciling {
  private static final int ENDPOINTS = 10;

  /** So many Services have news in turn, whatever the size of the cluster. */
  private static final int TURNS = 50;

  @Param({"100", "10000"})
  public int services;

  /** How many Services have a real server that drains all the while; none of them has news. */
  @Param({"0", "50"})
  public int percentDraining;

  private final Reconciler reconciler =
      new Reconciler(
          new Planner(PlannerSettings.of("rr")), new ReconcilerSettings(Cluster.nodeName(0)));
  private ImmutableList<ClusterEvent> ill = ImmutableList.of();
  private ImmutableList<ClusterEvent> well = ImmutableList.of();
  private int turn;
  private long events;
  private long changes;

  @Setup(Level.Trial)
  public void program() {
    Cluster cluster = Cluster.uniform(services, ENDPOINTS);
    cluster.list(reconciler::on);
    reconciler.observe(Emptiness.KERNEL, ImmutableSet.of());
    ImmutableList<Change> all = reconciler.changes(0);
    reconciler.applied(all, ImmutableList.of(), 0);
    cluster
        .numbers()
        .skip(services - services / 100 * percentDraining)
        .mapToObj(number -> slice(cluster, number, i -> i != 0))
        .forEach(this::sync);
    ill = slices(cluster, i -> i != 0);
    well = slices(cluster, _ -> true);
    events = 0;
    changes = 0;
  }

  @TearDown(Level.Trial)
  public void check() {
    checkState(events > 0 && changes == events, "%s changes for %s events", changes, events);
  }

  /** The loop asks besides whether it may sleep until something happens, or has to count. */
  @Benchmark
  public boolean oneEndpoint() {
    boolean isIll = turn < TURNS;
    sync((isIll ? ill : well).get(turn % TURNS));
    turn = (turn + 1) % (2 * TURNS);
    return reconciler.isDraining();
  }

  private void sync(ClusterEvent event) {
    reconciler.on(event);
    ImmutableList<Change> needed = reconciler.changes(0);
    var recorded = reconciler.ownedOffDevice();
    reconciler.applied(needed, ImmutableList.of(), 0);
    checkState(recorded.isEmpty(), "a ClusterIP is on the device");
    events++;
    changes += needed.size();
  }

  private static ImmutableList<ClusterEvent> slices(Cluster cluster, IntPredicate ready) {
    return cluster
        .numbers()
        .limit(TURNS)
        .mapToObj(number -> slice(cluster, number, ready))
        .collect(ImmutableList.toImmutableList());
  }

  private static ClusterEvent slice(Cluster cluster, int number, IntPredicate ready) {
    return new ClusterEvent.SliceApplied(cluster.slice(number, ENDPOINTS, _ -> 0, ready));
  }
}
