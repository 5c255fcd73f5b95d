package io.fairlead.proxier.sync;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Dataplane;
import io.fairlead.core.dataplane.Dataplane.Failure;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.proxier.source.Source;
import io.fairlead.proxier.sync.Pass.Cause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that decides and writes. Events wait in a queue while a pass runs, and the next
 * pass takes all that are there: bursts coalesce, and a lone event is in the kernel within
 * milliseconds.
 *
 * <p>Nothing is programmed before every source has listed its objects and the kernel has been read.
 * From then on a failure leaves the kernel as it is, and brings the next audit forward.
 */
public final class SyncLoop implements Source.Listener {
  private static final Logger log = LoggerFactory.getLogger(SyncLoop.class);

  /** Bounds memory while a pass runs: a source that is faster has to wait, and loses nothing. */
  private static final int QUEUE = 8192;

  /** How long events may wait because connections are counted, each time. */
  private static final Duration COUNTING = Duration.ofMillis(4);

  /** While events come without a pause, connections are counted all the same, so often. */
  private static final Duration COUNTED_IN_A_RUSH = Duration.ofMillis(100);

  private sealed interface Work {
    record Event(ClusterEvent event, long at) implements Work {}

    record Question(Runnable answer) implements Work {}

    record Audit() implements Work {}

    /** Only wakes the loop. */
    record Look() implements Work {}

    record Stop() implements Work {}
  }

  private final Reconciler reconciler;
  private final Dataplane dataplane;
  private final OwnershipRecord ownership;
  private final SyncObserver observer;
  private final Timetable timetable;
  private final LongSupplier clock;
  private final BlockingQueue<Work> queue = new ArrayBlockingQueue<>(QUEUE);
  private final List<Work> taken = new ArrayList<>();

  /** Virtual servers whose connections are to be counted before the loop sleeps again. */
  private final Set<VirtualServerKey> uncounted = new LinkedHashSet<>();

  private final AtomicBoolean addressesChanged = new AtomicBoolean();
  private final StartWait wait;

  private volatile boolean stopped;
  private boolean started;
  private long countedAt;
  private int events;
  private long firstEventAt;

  /**
   * @param clock nanoseconds of a monotonic clock, {@code System::nanoTime} but for tests
   */
  public SyncLoop(
      Reconciler reconciler,
      Dataplane dataplane,
      OwnershipRecord ownership,
      SyncObserver observer,
      Periods periods,
      LongSupplier clock) {
    this.reconciler = reconciler;
    this.dataplane = dataplane;
    this.ownership = ownership;
    this.observer = observer;
    this.clock = clock;
    this.wait = new StartWait(clock.getAsLong());
    this.countedAt = clock.getAsLong() - COUNTED_IN_A_RUSH.toNanos();
    this.timetable =
        new Timetable(clock.getAsLong(), periods.sync, periods.minSync, periods.drainCheck);
  }

  /**
   * How often things happen.
   *
   * @param sync the kernel is read back and repaired
   * @param minSync the least time between two passes for events
   * @param drainCheck the connections of draining real servers are counted
   */
  public record Periods(Duration sync, Duration minSync, Duration drainCheck) {}

  /** Takes an event from any thread. Blocks while the queue is full. */
  @Override
  public void on(ClusterEvent event) {
    put(new Work.Event(event, clock.getAsLong()));
  }

  /** Asks about the state from any thread; answered on the loop's thread, between two passes. */
  public <T> CompletableFuture<T> ask(Function<Reconciler, T> question) {
    var answer = new CompletableFuture<T>();
    put(
        new Work.Question(() -> {
          try {
            answer.complete(question.apply(reconciler));
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        }));
    return answer;
  }

  /** Has the kernel read back and repaired now, and not only when the sync period is over. */
  public void audit() {
    put(new Work.Audit());
  }

  /**
   * Has the addresses of the node's devices read again, from any thread. It never blocks, and asked
   * often it reads once.
   */
  public void addressesChanged() {
    if (!addressesChanged.getAndSet(true)) {
      queue.offer(new Work.Look()); // if the queue is full the loop is awake
    }
  }

  /** Ends {@link #run} after the pass that is under way. The kernel keeps what it has. */
  public void stop() {
    stopped = true;
    queue.offer(new Work.Stop()); // wakes it; if the queue is full it is awake
  }

  /** Runs until {@link #stop}, on the calling thread. */
  public void run() throws InterruptedException {
    while (!stopped) {
      Work first = queue.poll(idle(), TimeUnit.NANOSECONDS);
      try {
        if (first != null) {
          take(first);
        }
        turn();
      } catch (RuntimeException e) {
        survive(e);
      }
    }
  }

  /** A defect of ours: the kernel keeps what it has, and everything is compared anew, soon. */
  private void survive(RuntimeException defect) {
    log.error("the sync loop met a defect and goes on; please report it", defect);
    taken.clear();
    uncounted.clear();
    events = 0;
    timetable.failed(clock.getAsLong());
  }

  /** Takes in all that waits, and does what is due. Tests call it with a clock of their own. */
  void turn() {
    queue.drainTo(taken);
    taken.forEach(this::take);
    taken.clear();
    if (!stopped) {
      step();
    }
  }

  /** How many nanoseconds there is nothing to do, unless something comes. */
  long idle() {
    if (!uncounted.isEmpty()) {
      return 0;
    }
    if (started) {
      return timetable.idle(clock.getAsLong(), isDirty(), reconciler.isDraining());
    }
    // Events wait for the first audit, and that for the sources: only they can go on.
    return reconciler.listed()
        ? timetable.idle(clock.getAsLong(), false, false)
        : wait.idle(clock.getAsLong());
  }

  boolean isStopped() {
    return stopped;
  }

  private void put(Work work) {
    try {
      queue.put(work);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the source is being closed: its event is not wanted
    }
  }

  private void take(Work work) {
    switch (work) {
      case Work.Event(ClusterEvent event, long at) -> {
        if (events++ == 0) {
          firstEventAt = at;
          observer.queued();
        }
        reconciler.on(event);
      }
      case Work.Question(Runnable answer) -> answer.run();
      case Work.Audit() -> timetable.auditAsked(clock.getAsLong());
      case Work.Look(), Work.Stop() -> {}
    }
  }

  private void step() {
    long now = clock.getAsLong();
    if (!started) {
      start(now);
      return;
    }
    // Before an audit in any case: what events want would look like repairs.
    if (isDirty() && (timetable.eventsDue(now) || timetable.auditDue(now))) {
      if (addressesChanged.getAndSet(false)) {
        readAddresses(now);
      }
      if (events > 0) {
        passAndLeave(Cause.EVENTS, now);
      }
    }
    if (timetable.auditDue(now)) {
      audit(Cause.AUDIT, now);
    }
    if (timetable.drainDue(now) && reconciler.isDraining()) {
      uncounted.addAll(reconciler.draining());
      timetable.drained(now);
    }
    countSome(now);
  }

  /**
   * Nothing is written until all sources have listed: half a cluster must not replace a whole one.
   */
  private void start(long now) {
    if (!reconciler.listed()) {
      if (wait.isDue(now)) {
        observer.waiting(wait.told(now));
      }
    } else if (timetable.auditDue(now)) {
      started = audit(Cause.START, now);
      if (started) {
        observer.started();
      }
      countSome(now);
    }
  }

  private boolean isDirty() {
    return events > 0 || addressesChanged.get();
  }

  private void readAddresses(long now) {
    try {
      reconciler.nodeAddresses(dataplane.nodeAddresses());
      passAndLeave(events > 0 ? Cause.EVENTS : Cause.ADDRESSES, now);
    } catch (DataplaneException e) {
      observer.unreadable(e);
      timetable.failed(now); // the audit that this brings reads the addresses, too
    }
  }

  private boolean audit(Cause cause, long now) {
    addressesChanged.set(false); // they are among what is read now
    try {
      reconciler.observe(dataplane.compare(reconciler.believed()), ownership.read());
    } catch (DataplaneException e) {
      observer.unreadable(e);
      timetable.failed(now);
      return false;
    }
    if (passAndLeave(cause, now)) {
      timetable.audited(clock.getAsLong());
    }
    return true;
  }

  /** What no Service wants any more is gone at once if it has no connections. */
  private boolean passAndLeave(Cause cause, long now) {
    boolean well = pass(cause, now);
    uncounted.addAll(reconciler.justLeft());
    return well;
  }

  /**
   * Counts connections, and removes what has drained; the next turn goes on with the rest. New
   * endpoints matter more than old ones that are gone a moment later.
   */
  private void countSome(long now) {
    boolean isRush = !queue.isEmpty() && now - countedAt < COUNTED_IN_A_RUSH.toNanos();
    if (uncounted.isEmpty() || isRush) {
      return;
    }
    countedAt = now;
    Iterator<VirtualServerKey> next = uncounted.iterator();
    do {
      VirtualServerKey key = next.next();
      next.remove();
      try {
        reconciler.counted(key, dataplane.connections(key), now);
      } catch (DataplaneException e) { // the others' connections can be counted all the same
        observer.unreadable(e);
        timetable.failed(now);
      }
    } while (next.hasNext() && clock.getAsLong() - now < COUNTING.toNanos());
    pass(Cause.DRAIN, now);
  }

  /**
   * Brings the kernel to what is wanted. False if something failed that another try may mend; what
   * the kernel refuses for good waits for the next regular audit.
   */
  private boolean pass(Cause cause, long began) {
    ImmutableList<Change> changes = reconciler.changes(began);
    ownership.write(reconciler.ownedOffDevice()); // before the kernel: a crash must not orphan them
    ImmutableList<Failure> failures =
        changes.isEmpty() ? ImmutableList.of() : dataplane.apply(changes);
    reconciler.applied(changes, failures, began);
    // And after it: what is gone may be made again by somebody else, and is theirs then.
    ownership.write(reconciler.ownedOffDevice());
    long ended = clock.getAsLong();
    observer.passed(
        new Pass(
            cause,
            events,
            changes,
            failures,
            Duration.ofNanos(ended - began),
            Duration.ofNanos(events > 0 ? ended - firstEventAt : 0)),
        reconciler);
    events = 0;
    if (cause != Cause.DRAIN) { // it took in no events, and must not hold them up
      timetable.passed(ended);
    }
    boolean mendable = failures.stream().anyMatch(Failure::drift);
    if (mendable) {
      timetable.failed(ended);
    }
    return !mendable;
  }
}
