package io.fairlead.proxier.observe;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.fairlead.core.net.Family;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The proxy's health at one moment.
 *
 * @param nodeEligible whether load balancers should send this node anything new
 */
public record HealthReport(
    Instant now, boolean nodeEligible, ImmutableMap<Family, OfFamily> status) {

  /** How one family stands. */
  public record OfFamily(Instant lastUpdated, boolean healthy) {}

  public HealthReport(Instant now, boolean nodeEligible, Map<Family, OfFamily> status) {
    this(now, nodeEligible, Maps.immutableEnumMap(status));
  }

  /** Whether the proxy works: what a liveness probe should ask ({@code /livez}). */
  public boolean isLive() {
    return status.values().stream().allMatch(OfFamily::healthy);
  }

  /** Whether the proxy works on a node that should get traffic ({@code /healthz}). */
  public boolean isReady() {
    return isLive() && nodeEligible;
  }

  /** The body of {@code /livez}. */
  String livezJson() {
    return json("", isLive());
  }

  /** The body of {@code /healthz}. */
  String healthzJson() {
    return json("\"nodeEligible\":" + nodeEligible + ",", isReady());
  }

  /**
   * In the order and spelling of kube-proxy's. It shows the present as the last update whenever it
   * answers 200, since cloud load balancers came to rely on a recent time there.
   */
  private String json(String nodeEligible, boolean ok) {
    Instant newest =
        status.values().stream().map(OfFamily::lastUpdated).max(Instant::compareTo).orElse(now);
    return "{\"lastUpdated\":\""
        + (ok ? now : newest)
        + "\",\"currentTime\":\""
        + now
        + "\","
        + nodeEligible
        + "\"healthy\":"
        + isLive()
        + ",\"status\":"
        + status.entrySet().stream()
            .map(entry -> "\"" + entry.getKey().label() + "\":" + json(entry.getValue()))
            .collect(Collectors.joining(",", "{", "}"))
        + "}";
  }

  private static String json(OfFamily family) {
    return "{\"lastUpdated\":\""
        + family.lastUpdated()
        + "\",\"healthy\":"
        + family.healthy()
        + "}";
  }
}
