package io.fairlead.proxier.sync;

import static io.fairlead.proxier.sync.Cluster.endpoints;
import static io.fairlead.proxier.sync.Cluster.noService;
import static io.fairlead.proxier.sync.Cluster.service;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Dataplane.Failure;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.dataplane.FakeDataplane;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.core.reconcile.ReconcilerSettings;
import io.fairlead.proxier.log.LogLines;
import io.fairlead.proxier.observe.SteppedClock;
import io.fairlead.proxier.sync.Pass.Cause;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an operator reads after each pass. */
class SyncLogTest {
  private static final IpAddress VIP = IpAddress.parse("10.96.0.1");
  private static final VirtualServerKey WEB = new Addressed(VIP, 80, Protocol.TCP);
  private static final RealServer POD = new RealServer(IpAddress.parse("10.244.0.1"), 8080);
  private static final Change BIND = new Change.BindAddress(VIP);
  private static final Change DRAIN =
      new Change.EditRealServer(WEB, POD, RealServerOptions.masquerade(0));
  private static final Change REMOVE = new Change.RemoveRealServer(WEB, POD);

  private final LogLines lines = LogLines.of("io.fairlead.sync");
  private final SteppedClock clock = new SteppedClock();
  private final SyncLog log = new SyncLog(clock, "podCIDRs of node1");
  private final Reconciler reconciler =
      new Reconciler(new Planner(PlannerSettings.of("rr")), new ReconcilerSettings("node1"));

  SyncLogTest() {
    plan(
        service("web", "10.96.0.1"),
        endpoints("web", "10.244.0.1"),
        Cluster.SERVICES_LISTED,
        Cluster.SLICES_LISTED,
        Cluster.NODES_LISTED);
  }

  @AfterEach
  void close() {
    lines.close();
  }

  @Test
  void aStartThatWaitsSaysForWhat() {
    log.waiting(Duration.ofMinutes(4));
    log.waiting(Duration.ofMinutes(5));

    assertEquals(
        List.of(
            "W nothing is programmed yet: waiting for 4 min for podCIDRs of node1",
            "E nothing is programmed yet: waiting for 5 min for podCIDRs of node1"),
        lines.take());
  }

  @Test
  void aPassIsALineAndALineForEachChange() {
    record Case(Cause cause, List<Change> changes, List<String> lines) {}

    for (Case row :
        List.of(
            new Case(
                Cause.START, List.of(), List.of("I first sync done in 1.5 ms: nothing to change")),
            new Case(
                Cause.ADDRESSES,
                List.of(BIND),
                List.of(
                    "I addresses of the node changed; synced in 1.5 ms: 1 × address bound",
                    "I   bind 10.96.0.1 to kube-ipvs0")),
            new Case(Cause.ADDRESSES, List.of(), List.of()),
            new Case(
                Cause.EVENTS,
                List.of(BIND, DRAIN),
                List.of(
                    "I synced in 1.5 ms, 2.5 ms after the first of 3 events: 1 × address bound,"
                        + " 1 × real server edited",
                    "I   bind 10.96.0.1 to kube-ipvs0",
                    "I   default/web: TCP 10.96.0.1:80 -> 10.244.0.1:8080 draining, weight 0")),
            new Case(
                Cause.AUDIT,
                List.of(BIND),
                List.of(
                    "W repaired the kernel in 1.5 ms: 1 × address bound",
                    "I   bind 10.96.0.1 to kube-ipvs0")),
            new Case(
                Cause.DRAIN,
                List.of(REMOVE),
                List.of(
                    "I drained: 1 × real server removed",
                    "I   default/web: TCP 10.96.0.1:80 -> 10.244.0.1:8080 removed")),
            new Case(Cause.EVENTS, List.of(), List.of()),
            new Case(Cause.AUDIT, List.of(), List.of()))) {
      passed(row.cause(), row.changes());

      assertEquals(row.lines(), lines.take());
    }
  }

  @Test
  void aPassOfManyChangesIsOneLine() {
    passed(
        Cause.EVENTS, IntStream.range(0, 21).<Change>mapToObj(i -> bind("10.96.1." + i)).toList());

    assertEquals(
        List.of("I synced in 1.5 ms, 2.5 ms after the first of 3 events: 21 × address bound"),
        lines.take());
  }

  @Test
  void ofManyPassesInASecondTheRestIsOneLine() {
    for (int i = 0; i < Rush.READABLE + 5; i++) {
      clock.advance(Duration.ofMillis(50));
      passed(Cause.EVENTS, List.of(BIND, DRAIN));
    }
    assertEquals(3 * Rush.READABLE, lines.take().size());

    clock.advance(Duration.ofSeconds(1));
    passed(Cause.DRAIN, List.of());
    assertEquals(
        List.of(
            "I and 5 times more within 1 s, for 15 events, 2.5 ms after an event at most: 5 ×"
                + " address bound, 5 × real server edited"),
        lines.take());
    passed(Cause.DRAIN, List.of());
    assertEquals(List.of(), lines.take());
  }

  @Test
  void repairsAndFailuresAreToldInAnyRush() {
    for (int i = 0; i < Rush.READABLE; i++) {
      passed(Cause.EVENTS, List.of(BIND));
    }
    lines.take();

    passed(Cause.AUDIT, List.of(BIND));
    passed(Cause.EVENTS, List.of(DRAIN), DRAIN);
    assertEquals(
        List.of(
            "W repaired the kernel in 1.5 ms: 1 × address bound",
            "I   bind 10.96.0.1 to kube-ipvs0",
            "E default/web: TCP 10.96.0.1:80 -> 10.244.0.1:8080 draining, weight 0: EINVAL"),
        lines.take());
  }

  @Test
  void aRefusalNamesTheServiceAndIsNotCountedAsDone() {
    passed(Cause.EVENTS, List.of(BIND, DRAIN), DRAIN);

    assertEquals(
        List.of(
            "I synced in 1.5 ms, 2.5 ms after the first of 3 events: 1 × address bound",
            "I   bind 10.96.0.1 to kube-ipvs0",
            "E default/web: TCP 10.96.0.1:80 -> 10.244.0.1:8080 draining, weight 0: EINVAL"),
        lines.take());
  }

  @Test
  void aRefusalThatLastsIsToldOnceAndItsEndToo() {
    passed(Cause.EVENTS, List.of(DRAIN), DRAIN);
    lines.take();
    passed(Cause.AUDIT, List.of(DRAIN), DRAIN);
    passed(Cause.AUDIT, List.of(DRAIN), DRAIN);
    assertEquals(List.of(), lines.take());

    clock.advance(Duration.ofSeconds(7));
    passed(Cause.EVENTS, List.of()); // tries nothing, so proves nothing
    assertEquals(List.of(), lines.take());
    passed(Cause.AUDIT, List.of());

    assertEquals(
        List.of(
            "I default/web: TCP 10.96.0.1:80 -> 10.244.0.1:8080 draining, weight 0:"
                + " recovered after 7 s and 3 problems"),
        lines.take());
  }

  @Test
  void aKernelThatCannotBeReadIsToldOnceAndItsEndToo() {
    var failure = new DataplaneException("read addresses: ENOBUFS", new IllegalStateException());
    log.unreadable(failure);
    log.unreadable(failure);
    assertEquals(List.of("E reading the kernel: read addresses: ENOBUFS"), lines.take());

    passed(Cause.AUDIT, List.of());
    assertEquals(List.of("I reading the kernel: recovered after 0 s and 2 problems"), lines.take());
  }

  @Test
  void twoServicesThatClaimOneAddressAreNamedOnceUntilItIsOver() {
    plan(service("rival", "10.96.0.1"));
    passed(Cause.EVENTS, List.of());
    passed(Cause.EVENTS, List.of());
    String claim = "default/web: TCP 10.96.0.1:80 is already served for default/rival; left out";
    assertEquals(List.of("W " + claim), lines.take());

    plan(noService("rival"));
    passed(Cause.EVENTS, List.of());
    assertEquals(List.of("I no longer so: " + claim), lines.take());
  }

  @Test
  void anAddressThatCannotBeServedIsNamed() {
    plan(service("loop", "10.96.0.9", "127.0.0.1"));
    passed(Cause.EVENTS, List.of());

    assertEquals(
        List.of("W default/loop: externalIP 127.0.0.1 is a loopback address; left out"),
        lines.take());
  }

  @Test
  void aFloodOfProblemsIsCutShort() {
    plan(
        IntStream.range(0, 30)
            .mapToObj(i -> service("s" + i, "10.96.2." + i, "127.0.0.1"))
            .toArray(ClusterEvent[]::new));
    passed(Cause.EVENTS, List.of());

    List<String> told = lines.take();
    assertEquals(21, told.size());
    assertEquals("W and 10 more Services' problems like these", told.getLast());
  }

  private void plan(ClusterEvent... events) {
    for (ClusterEvent event : events) {
      reconciler.on(event);
    }
    reconciler.observe(new FakeDataplane().read(), ImmutableSet.of());
    reconciler.changes(0);
  }

  private void passed(Cause cause, List<Change> changes, Change... refused) {
    log.passed(
        new Pass(
            cause,
            cause == Cause.EVENTS ? 3 : 0,
            ImmutableList.copyOf(changes),
            ImmutableList.copyOf(refused).stream()
                .map(change -> new Failure(change, "EINVAL", true))
                .collect(ImmutableList.toImmutableList()),
            Duration.ofNanos(1_500_000),
            Duration.ofNanos(2_500_000)),
        reconciler);
  }

  private static Change bind(String address) {
    return new Change.BindAddress(IpAddress.parse(address));
  }
}
