package io.fairlead.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.Node;
import io.fairlead.core.net.Family;
import io.fairlead.proxier.observe.Health;
import io.fairlead.proxier.observe.SteppedClock;
import io.fairlead.proxier.observe.SyncMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** P29: only the own Node decides whether it gets traffic. */
class EventTapTest {
  @Test
  void otherNodesStatesAreOnlyPassedOn() {
    record Step(ClusterEvent event, boolean ready) {}

    SteppedClock clock = new SteppedClock();
    ImmutableSet<Family> families = ImmutableSet.copyOf(Family.values());
    Health health = new Health(clock, Duration.ofSeconds(30), families);
    SyncMetrics metrics =
        new SyncMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), clock, families);
    List<ClusterEvent> passedOn = new ArrayList<>();
    EventTap tap = new EventTap("node1", passedOn::add, metrics, health);

    List<Step> steps =
        List.of(
            new Step(node("node2", false), true),
            new Step(node("node1", false), false),
            new Step(node("node2", true), false),
            new Step(node("node1", true), true),
            new Step(new ClusterEvent.NodeRemoved("node2"), true),
            new Step(new ClusterEvent.NodeRemoved("node1"), false));
    for (Step step : steps) {
      tap.on(step.event);

      assertEquals(step.ready, health.report().isReady(), step.toString());
    }
    assertEquals(steps.stream().map(Step::event).toList(), passedOn);
  }

  private static ClusterEvent node(String name, boolean eligible) {
    return new ClusterEvent.NodeApplied(
        new Node(name, Optional.empty(), ImmutableList.of(), ImmutableList.of(), eligible));
  }
}
