package io.fairlead.proxier.sync;

import static io.fairlead.proxier.sync.Cluster.NODES_LISTED;
import static io.fairlead.proxier.sync.Cluster.SERVICES_LISTED;
import static io.fairlead.proxier.sync.Cluster.SLICES_LISTED;
import static io.fairlead.proxier.sync.Cluster.endpoints;
import static io.fairlead.proxier.sync.Cluster.noService;
import static io.fairlead.proxier.sync.Cluster.nodePortService;
import static io.fairlead.proxier.sync.Cluster.service;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.Node;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.core.reconcile.ReconcilerSettings;
import io.fairlead.proxier.sync.Pass.Cause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When the loop reads and writes, by a clock that only the test moves. */
class SyncLoopTest {
  private static final Duration SYNC = Duration.ofSeconds(30);
  private static final Duration MIN_SYNC = Duration.ofSeconds(1);
  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final RealServer POD1 = new RealServer(IpAddress.parse("10.244.0.1"), 8080);
  private static final VirtualServerKey WEB =
      new Addressed(IpAddress.parse("10.96.0.1"), 80, Protocol.TCP);

  private final TroubledDataplane dataplane = new TroubledDataplane();
  private final Observer observer = new Observer();
  private ImmutableSet<VirtualServerKey> owned = ImmutableSet.of();
  private long now = Long.MAX_VALUE - 5; // System.nanoTime() may be anything, and overflow
  private SyncLoop loop = loop(new ReconcilerSettings("node1"), DRAIN);

  private SyncLoop loop(ReconcilerSettings settings, Duration drainCheck) {
    return loop(settings, MIN_SYNC, drainCheck);
  }

  private SyncLoop loop(ReconcilerSettings settings, Duration minSync, Duration drainCheck) {
    return new SyncLoop(
        new Reconciler(new Planner(PlannerSettings.of("rr")), settings),
        dataplane,
        new Ownership(),
        observer,
        new SyncLoop.Periods(SYNC, minSync, drainCheck),
        () -> now);
  }

  @Test
  void nothingIsReadOrWrittenBeforeBothKindsAreListed() {
    report(service("web", "10.96.0.1"));
    report(SERVICES_LISTED);
    assertEquals(0, dataplane.reads());
    assertEquals(List.of(), dataplane.kernel.log());

    report(SLICES_LISTED, NODES_LISTED);

    assertEquals(1, dataplane.reads());
    assertEquals(List.of(Cause.START), observer.takeCauses());
    assertTrue(dataplane.kernel.read().virtualServers().containsKey(WEB));
  }

  @Test
  void asLongAsNotAllIsListedItIsSaidEveryMinute() {
    report(service("web", "10.96.0.1"));
    assertEquals(
        List.of(1L, 1L),
        secondsBetween(2, observer.waits::size).stream().map(s -> s / 60).toList());
    assertEquals(List.of(Duration.ofMinutes(1), Duration.ofMinutes(2)), observer.waits);

    report(SERVICES_LISTED, SLICES_LISTED, NODES_LISTED);
    advance(Duration.ofMinutes(2));
    assertEquals(2, observer.waits.size());
  }

  @Test
  void inNodeCidrModeNothingIsWrittenBeforeTheNodesPodCidrsAreKnown() {
    loop = loop(new ReconcilerSettings("here", ImmutableList.of(), true, Duration.ZERO), DRAIN);
    report(SERVICES_LISTED, SLICES_LISTED, NODES_LISTED, service("web", "10.96.0.1"));
    advance(Duration.ofMinutes(5));
    assertEquals(0, dataplane.reads());
    assertEquals(List.of(Duration.ofMinutes(5)), observer.waits);

    report(
        new ClusterEvent.NodeApplied(
            new Node(
                "here",
                Optional.empty(),
                ImmutableList.of(),
                ImmutableList.of(Cidr.parse("10.244.1.0/24")),
                true)));

    assertEquals(List.of(Cause.START), observer.takeCauses());
  }

  @Test
  void aKernelThatCannotBeReadAtTheStartIsTriedAgainAndNotWritten() {
    dataplane.readable = false;
    report(SERVICES_LISTED, SLICES_LISTED, NODES_LISTED, service("web", "10.96.0.1"));

    assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 30L, 30L), secondsBetween(7, dataplane::reads));
    assertEquals(List.of(), observer.takeCauses());
    assertEquals(List.of(), dataplane.kernel.log());

    dataplane.readable = true;
    sleep();
    assertEquals(List.of(Cause.START), observer.takeCauses());
  }

  @Test
  void eventsThatWaitAreOnePass() {
    start();
    report(service("a", "10.96.0.1"), service("b", "10.96.0.2"), service("c", "10.96.0.3"));

    assertEquals(List.of(3), observer.takePasses().stream().map(Pass::events).toList());
  }

  @Test
  void eventsThatComeDuringAPassAreTheNextOne() {
    start();
    dataplane.duringApply =
        () -> {
          dataplane.duringApply = () -> {};
          loop.on(service("b", "10.96.0.2"));
          loop.on(service("c", "10.96.0.3"));
        };
    report(service("a", "10.96.0.1"));
    advance(MIN_SYNC);

    assertEquals(List.of(1, 2), observer.takePasses().stream().map(Pass::events).toList());
  }

  @Test
  void twoPassesForEventsAreTheMinSyncPeriodApart() {
    start();
    report(service("a", "10.96.0.1"));
    assertEquals(List.of(Cause.EVENTS), observer.takeCauses());

    report(service("b", "10.96.0.2"));
    assertEquals(List.of(), observer.takeCauses());
    assertEquals(MIN_SYNC.toNanos(), loop.idle());

    sleep();
    assertEquals(List.of(Cause.EVENTS), observer.takeCauses());
  }

  @Test
  void thePassTellsHowLongItsFirstEventWaited() {
    start();
    report(service("a", "10.96.0.1"));
    now += Duration.ofMillis(300).toNanos();
    loop.on(service("b", "10.96.0.2"));
    now += Duration.ofMillis(700).toNanos();
    dataplane.duringApply = () -> now += Duration.ofMillis(5).toNanos();
    report(service("c", "10.96.0.3"));

    Pass pass = observer.takePasses().getLast();
    assertEquals(Duration.ofMillis(5), pass.took());
    assertEquals(Duration.ofMillis(705), pass.latency());
  }

  @Test
  void theKernelIsReadBackEverySyncPeriod() {
    list();

    assertEquals(List.of(30L, 30L, 30L), secondsBetween(3, dataplane::reads));
  }

  @Test
  void whatOthersTookAwayComesBackWithTheAudit() {
    start(service("web", "10.96.0.1"), endpoints("web", "10.244.0.1"));
    dataplane.kernel.interfere(new Change.RemoveVirtualServer(WEB));

    sleep();

    assertEquals(Map.of("10.244.0.1:8080", 1), dataplane.weights());
  }

  @Test
  void anAuditThatIsAskedForComesAtOnce() {
    start();
    loop.audit();
    loop.turn();

    assertEquals(List.of(Cause.AUDIT), observer.takeCauses());
  }

  @Test
  void afterAFailureTheAuditComesSooner() {
    dataplane.drifting = true;
    list(service("web", "10.96.0.1"));
    assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 30L, 30L), secondsBetween(7, dataplane::reads));

    dataplane.drifting = false;
    assertEquals(List.of(30L, 30L), secondsBetween(2, dataplane::reads));
  }

  @Test
  void afterAFailureOfEventsTheAuditComesSooner() {
    start();
    advance(Duration.ofSeconds(3));
    dataplane.drifting = true;
    report(service("web", "10.96.0.1"));
    observer.takeCauses();

    assertEquals(Duration.ofSeconds(1).toNanos(), loop.idle());
    sleep();
    assertEquals(List.of(Cause.AUDIT), observer.takeCauses());
  }

  @Test
  void aBusyEndpointDrainsAndAnIdleOneIsRemovedAtTheNextCheck() {
    start(service("web", "10.96.0.1"), endpoints("web", "10.244.0.1", "10.244.0.2"));
    dataplane.kernel.connect(POD1, 1);
    report(endpoints("web", "10.244.0.2"));
    assertEquals(Map.of("10.244.0.1:8080", 0, "10.244.0.2:8080", 1), dataplane.weights());

    advance(DRAIN);
    assertEquals(Map.of("10.244.0.1:8080", 0, "10.244.0.2:8080", 1), dataplane.weights());

    dataplane.kernel.connect(POD1, 0);
    assertTrue(loop.idle() <= DRAIN.toNanos());
    advance(DRAIN);
    assertEquals(Map.of("10.244.0.2:8080", 1), dataplane.weights());
  }

  @Test
  void aDeletedServiceWithoutConnectionsIsGoneAtOnce() {
    start(service("web", "10.96.0.1"), endpoints("web", "10.244.0.1"));
    report(noService("web"));

    assertEquals(List.of(Cause.EVENTS, Cause.DRAIN), observer.takeCauses());
    assertEquals(Map.of(), dataplane.kernel.read().virtualServers());
  }

  @Test
  void aDeletedServiceWithConnectionsStaysUntilTheyEnd() {
    start(service("web", "10.96.0.1"), endpoints("web", "10.244.0.1"));
    dataplane.kernel.connect(POD1, 1);
    report(noService("web"));
    assertEquals(Map.of("10.244.0.1:8080", 0), dataplane.weights());

    advance(DRAIN);
    assertEquals(Map.of("10.244.0.1:8080", 0), dataplane.weights());

    dataplane.kernel.connect(POD1, 0);
    advance(DRAIN);
    assertEquals(Map.of(), dataplane.kernel.read().virtualServers());
  }

  @Test
  void onlyWhatJustLeftIsCountedAtOnce() {
    start(
        service("web", "10.96.0.1"),
        endpoints("web", "10.244.0.1", "10.244.0.2"),
        service("other", "10.96.0.2"),
        endpoints("other", "10.244.0.3"));
    report(endpoints("web", "10.244.0.2"));
    advance(MIN_SYNC);
    report(noService("other"));

    assertEquals(Map.of("10.244.0.1:8080", 0, "10.244.0.2:8080", 1), dataplane.weights());
  }

  @Test
  void anEventWaitsForAFewCountsAndNotForAll() {
    tenServicesGo();
    assertEquals(6, dataplane.kernel.read().virtualServers().size());
    assertEquals(0, loop.idle());

    now += MIN_SYNC.toNanos();
    report(service("web", "10.96.0.1"), endpoints("web", "10.244.0.1"));
    assertEquals(List.of(Cause.EVENTS, Cause.DRAIN), observer.takeCauses());
    assertEquals(3, dataplane.kernel.read().virtualServers().size());

    loop.turn();
    assertEquals(Set.of(WEB), dataplane.kernel.read().virtualServers().keySet());
    assertTrue(loop.idle() > 0);
  }

  @Test
  void whileEventsComeWithoutAPauseCountingWaitsAWhile() {
    loop = loop(new ReconcilerSettings("node1"), Duration.ZERO, DRAIN);
    tenServicesGo();

    dataplane.duringApply = () -> loop.on(SERVICES_LISTED);
    report(service("new", "10.96.0.2"));
    assertEquals(List.of(Cause.EVENTS), observer.takeCauses());

    now += Duration.ofMillis(100).toNanos();
    report(service("newer", "10.96.0.3"));
    assertEquals(List.of(Cause.EVENTS, Cause.DRAIN), observer.takeCauses());
  }

  @Test
  void afterTheDrainLimitConnectionsAreCut() {
    Duration limit = Duration.ofSeconds(4);
    loop = loop(new ReconcilerSettings("node1", ImmutableList.of(), false, limit), limit);
    start(service("web", "10.96.0.1"), endpoints("web", "10.244.0.1", "10.244.0.2"));
    dataplane.kernel.connect(POD1, 1);
    report(endpoints("web", "10.244.0.2"));
    assertEquals(Map.of("10.244.0.1:8080", 0, "10.244.0.2:8080", 1), dataplane.weights());

    advance(limit.minusNanos(1));
    assertEquals(Map.of("10.244.0.1:8080", 0, "10.244.0.2:8080", 1), dataplane.weights());

    advance(limit);
    assertEquals(Map.of("10.244.0.2:8080", 1), dataplane.weights());
  }

  @Test
  void anAddressThatComesServesNodePortsAndOneThatGoesDoesNot() {
    IpAddress address = IpAddress.parse("192.0.2.1");
    VirtualServerKey nodePort = new Addressed(address, 30080, Protocol.TCP);
    start(nodePortService("web", "10.96.0.1", 30080), endpoints("web", "10.244.0.1"));

    dataplane.kernel.addNodeAddress(address);
    loop.addressesChanged();
    loop.turn();
    assertEquals(List.of(Cause.ADDRESSES), observer.takeCauses());
    assertTrue(dataplane.kernel.read().virtualServers().containsKey(nodePort));

    dataplane.kernel.removeNodeAddress(address);
    loop.addressesChanged();
    advance(MIN_SYNC);
    assertFalse(dataplane.kernel.read().virtualServers().containsKey(nodePort));
    assertEquals(1, dataplane.reads());
  }

  @Test
  void addressesThatChangeOftenAreReadOnce() {
    start();
    for (int i = 0; i < 10_000; i++) {
      loop.addressesChanged(); // more than the queue could hold
    }
    loop.turn();
    assertEquals(1, dataplane.addressReads());

    loop.addressesChanged();
    loop.turn();
    assertEquals(1, dataplane.addressReads(), "the min sync period is not over");
    assertEquals(MIN_SYNC.toNanos(), loop.idle());
    sleep();
    assertEquals(2, dataplane.addressReads());
  }

  @Test
  void addressesThatCannotBeReadAreReadByAnEarlyAudit() {
    IpAddress address = IpAddress.parse("192.0.2.1");
    start(nodePortService("web", "10.96.0.1", 30080), endpoints("web", "10.244.0.1"));
    dataplane.kernel.addNodeAddress(address);
    dataplane.readable = false;
    loop.addressesChanged();
    loop.turn();
    assertEquals(1, observer.unreadable);

    dataplane.readable = true;
    assertEquals(Duration.ofSeconds(1).toNanos(), loop.idle());
    sleep();
    assertEquals(List.of(Cause.AUDIT), observer.takeCauses());
    assertTrue(
        dataplane
            .kernel
            .read()
            .virtualServers()
            .containsKey(new Addressed(address, 30080, Protocol.TCP)));
  }

  @Test
  void addressesThatChangeBeforeTheStartAreReadWithIt() {
    loop.addressesChanged();
    start();

    assertEquals(0, dataplane.addressReads());
  }

  @Test
  void connectionsThatCannotBeCountedCutNothing() {
    start(service("web", "10.96.0.1"), endpoints("web", "10.244.0.1", "10.244.0.2"));
    dataplane.kernel.connect(POD1, 1);
    report(endpoints("web", "10.244.0.2"));

    dataplane.readable = false;
    dataplane.kernel.connect(POD1, 0);
    advance(DRAIN);

    assertEquals(Map.of("10.244.0.1:8080", 0, "10.244.0.2:8080", 1), dataplane.weights());
    assertTrue(observer.unreadable > 0);
  }

  @Test
  void ownershipIsWrittenBeforeTheKernel() {
    dataplane.kernel.addNodeAddress(IpAddress.parse("192.0.2.1"));
    List<ImmutableSet<VirtualServerKey>> seen = new ArrayList<>();
    dataplane.duringApply = () -> seen.add(owned);
    start(service("web", "10.96.0.1", "192.0.2.1"));

    assertEquals(
        List.of(ImmutableSet.of(new Addressed(IpAddress.parse("192.0.2.1"), 80, Protocol.TCP))),
        seen);
  }

  @Test
  void whatIsGoneIsNotOwnedAnyMore() {
    dataplane.kernel.addNodeAddress(IpAddress.parse("192.0.2.1"));
    start(service("web", "10.96.0.1", "192.0.2.1"));
    report(noService("web"));

    assertEquals(ImmutableSet.of(), owned);
    assertEquals(Map.of(), dataplane.kernel.read().virtualServers());
  }

  @Test
  void aQuestionIsAnsweredBetweenTwoPasses() {
    start(service("web", "10.96.0.1"));
    var answer = loop.ask(reconciler -> reconciler.owners().values());
    assertFalse(answer.isDone());

    loop.turn();

    assertEquals(List.of(new ObjectName("default", "web")), answer.join().asList());
  }

  @Test
  void aQuestionThatFailsIsTheAskersTrouble() {
    start();
    CompletableFuture<String> answer =
        loop.ask(_ -> {
          throw new IllegalStateException("no");
        });
    loop.turn();

    assertThrows(CompletionException.class, answer::join);
    report(service("web", "10.96.0.1"));
    assertEquals(List.of(Cause.EVENTS), observer.takeCauses());
  }

  @Test
  void afterStopNothingIsWritten() throws Exception {
    start();
    loop.on(service("web", "10.96.0.1"));
    loop.stop();
    Thread running = Thread.ofPlatform().start(this::run);

    assertTrue(running.join(Duration.ofSeconds(30)), "still running");
    assertEquals(List.of(), observer.takeCauses());
  }

  @Test
  void aRunningLoopWakesForAnEvent() throws Exception {
    start();
    Thread running = Thread.ofPlatform().start(this::run);
    loop.on(service("web", "10.96.0.1"));
    loop.ask(_ -> true).get(30, TimeUnit.SECONDS);
    int owners = loop.ask(reconciler -> reconciler.owners().size()).get(30, TimeUnit.SECONDS);
    loop.stop();

    assertTrue(running.join(Duration.ofSeconds(30)), "still running");
    assertEquals(1, owners);
  }

  private void run() {
    try {
      loop.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Of ten Services that go at once some are counted in the same turn, a millisecond for each. */
  private void tenServicesGo() {
    dataplane.duringCount = () -> now += Duration.ofMillis(1).toNanos();
    List<ClusterEvent> objects = new ArrayList<>();
    List<ClusterEvent> removals = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      objects.add(service("s" + i, "10.96.1." + i));
      objects.add(endpoints("s" + i, "10.244.0.1"));
      removals.add(noService("s" + i));
    }
    start(objects.toArray(ClusterEvent[]::new));
    report(removals.toArray(ClusterEvent[]::new));
    assertEquals(List.of(Cause.EVENTS, Cause.DRAIN), observer.takeCauses());
  }

  /** Lists a cluster of these objects. */
  private void list(ClusterEvent... objects) {
    report(objects);
    report(SERVICES_LISTED, SLICES_LISTED, NODES_LISTED);
    assertEquals(List.of(Cause.START), observer.takeCauses());
  }

  /** Lists them, and waits until events may be taken in at once. */
  private void start(ClusterEvent... objects) {
    list(objects);
    advance(MIN_SYNC);
  }

  private void report(ClusterEvent... events) {
    for (ClusterEvent event : events) {
      loop.on(event);
    }
    loop.turn();
  }

  private void advance(Duration by) {
    now += by.toNanos();
    loop.turn();
  }

  private void sleep() {
    advance(Duration.ofNanos(loop.idle()));
  }

  /** Sleeps as the loop would, and tells how far apart the next {@code n} steps of count are. */
  private List<Long> secondsBetween(int n, java.util.function.IntSupplier count) {
    List<Long> seconds = new ArrayList<>();
    while (seconds.size() < n) {
      long before = now;
      int counted = count.getAsInt();
      sleep();
      assertEquals(counted + 1, count.getAsInt(), "woke for nothing");
      seconds.add(Math.round((now - before) / 1e9));
    }
    return seconds;
  }

  private final class Ownership implements OwnershipRecord {
    @Override
    public ImmutableSet<VirtualServerKey> read() {
      return owned;
    }

    @Override
    public void write(ImmutableSet<VirtualServerKey> keys) {
      owned = keys;
    }
  }

  private static final class Observer implements SyncObserver {
    private final List<Pass> passes = new ArrayList<>();
    final List<Duration> waits = new ArrayList<>();
    int unreadable;

    List<Pass> takePasses() {
      List<Pass> taken = List.copyOf(passes);
      passes.clear();
      return taken;
    }

    List<Cause> takeCauses() {
      return takePasses().stream().map(Pass::cause).toList();
    }

    @Override
    public void queued() {}

    @Override
    public void passed(Pass pass, Reconciler reconciler) {
      passes.add(pass);
    }

    @Override
    public void waiting(Duration sinceStart) {
      waits.add(sinceStart);
    }

    @Override
    public void unreadable(DataplaneException cause) {
      unreadable++;
    }
  }
}
