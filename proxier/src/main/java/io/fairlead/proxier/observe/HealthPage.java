package io.fairlead.proxier.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Function;
import java.util.function.Predicate;

/** A health report as a page: 200 or 503, counted under kube-proxy's names. */
final class HealthPage implements Page {
  private final Health health;
  private final Predicate<HealthReport> good;
  private final Function<HealthReport, String> body;
  private final Counter answered200;
  private final Counter answered503;

  /**
   * @param name the path without its slash
   * @param good whether to answer 200
   */
  HealthPage(
      String name,
      Health health,
      MeterRegistry registry,
      Predicate<HealthReport> good,
      Function<HealthReport, String> body) {
    this.health = health;
    this.good = good;
    this.body = body;
    this.answered200 = counter(registry, name, 200);
    this.answered503 = counter(registry, name, 503);
  }

  private static Counter counter(MeterRegistry registry, String name, int code) {
    return Counter.builder("kubeproxy.proxy_" + name)
        .description("Answers of /" + name)
        .tag("code", Integer.toString(code))
        .register(registry);
  }

  @Override
  public Answer get(String accept) {
    HealthReport report = health.report();
    boolean ok = good.test(report);
    (ok ? answered200 : answered503).increment();
    return Answer.json(ok ? 200 : 503, body.apply(report));
  }
}
