package io.fairlead.bench.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.ClusterState;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.EndpointSlice.Endpoint;
import io.fairlead.lab.synthetic.Churn;
import io.fairlead.lab.synthetic.Cluster;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A cluster's life is one that a cluster can have. */
class ChurnTest {
  private static final int SERVICES = 300;
  private static final int CHANGES = 20_000;

  private final Cluster cluster = Cluster.realistic(SERVICES, 1);
  private final Churn churn = new Churn(cluster, 5);

  @Test
  void theSameSeedGivesTheSameLifeAndAnotherSeedAnother() {
    assertEquals(changes(new Churn(cluster, 6)), changes(new Churn(cluster, 6)));
    assertNotEquals(changes(new Churn(cluster, 6)), changes(new Churn(cluster, 7)));
  }

  @Test
  void whoFollowsTheEventsKnowsWhatWhoListsKnows() {
    ClusterState follower = new ClusterState(Cluster.nodeName(0));
    cluster.list(follower::on);
    for (int change = 1; change <= CHANGES; change++) {
      churn.next().forEach(follower::on);
      if (change % 5_000 == 0) {
        ClusterState lister = new ClusterState(Cluster.nodeName(0));
        churn.list(lister::on);
        assertSame(lister, follower, change);
      }
    }
  }

  @Test
  void everyChangeIsNews() {
    ClusterState state = new ClusterState(Cluster.nodeName(0));
    cluster.list(state::on);
    var _ = state.takeTouched();
    for (int change = 0; change < CHANGES; change++) {
      ImmutableList<ClusterEvent> events = churn.next();
      events.forEach(state::on);
      assertEquals(1, state.takeTouched().size(), () -> "Services touched by " + events);
    }
  }

  @Test
  void podsAreReplacedTurnReadyAndTerminateAndServicesComeAndGo() {
    int goneNow = 0;
    int wentAtAll = 0;
    Set<Endpoint> terminating = new HashSet<>();
    for (int change = 0; change < CHANGES; change++) {
      for (ClusterEvent event : churn.next()) {
        switch (event) {
          case ClusterEvent.ServiceRemoved _ -> {
            goneNow++;
            wentAtAll++;
            assertTrue(goneNow <= SERVICES / 20, "one in twenty is gone at most");
          }
          case ClusterEvent.ServiceApplied _ -> goneNow--;
          case ClusterEvent.SliceApplied(EndpointSlice slice) ->
              slice.endpoints().stream().filter(Endpoint::terminating).forEach(terminating::add);
          default -> {}
        }
      }
    }
    assertTrue(wentAtAll > CHANGES / 200, wentAtAll + " Services were deleted");
    assertTrue(terminating.size() > CHANGES / 20, terminating.size() + " pods terminated");
  }

  @Test
  void itNeitherGrowsNorShrinksWithoutEnd() {
    int before = endpoints();
    for (int change = 0; change < CHANGES; change++) {
      var _ = churn.next();
    }
    int after = endpoints();
    assertTrue(after > before / 2 && after < before * 2, before + " endpoints, then " + after);
  }

  private int endpoints() {
    int[] sum = {0};
    churn.list(event -> {
      if (event instanceof ClusterEvent.SliceApplied(EndpointSlice slice)) {
        sum[0] += slice.endpoints().size();
      }
    });
    return sum[0];
  }

  private void assertSame(ClusterState expected, ClusterState actual, int change) {
    cluster
        .numbers()
        .mapToObj(cluster::name)
        .forEach(name -> {
          assertEquals(expected.service(name), actual.service(name), () -> "after " + change);
          assertEquals(expected.slices(name), actual.slices(name), () -> "after " + change);
        });
  }

  private static List<ImmutableList<ClusterEvent>> changes(Churn churn) {
    return IntStream.range(0, 500).mapToObj(_ -> churn.next()).toList();
  }
}
