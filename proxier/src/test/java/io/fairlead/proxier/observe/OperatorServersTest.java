package io.fairlead.proxier.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.proxier.settings.BindAddress;
import io.fairlead.proxier.settings.Settings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Over real sockets on the loopback device. */
class OperatorServersTest {
  private static final BindAddress ANY_PORT = new BindAddress(IpAddress.parse("127.0.0.1"), 0);
  private static final Duration RETRY = Duration.ofMillis(20);
  private static final ImmutableMap<String, Page> EXTRA =
      ImmutableMap.of("/extra", _ -> Page.Answer.text(200, "more"));

  private final SteppedClock clock = new SteppedClock();
  private final Health health =
      new Health(clock, Duration.ofSeconds(30), ImmutableSet.of(Family.IPV4));
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final HttpClient client = HttpClient.newHttpClient();
  private Optional<OperatorServers> servers = Optional.empty();

  @AfterEach
  void close() {
    servers.ifPresent(OperatorServers::close);
    client.close();
  }

  @Test
  void healthzAndLivezDifferForAnIneligibleNode() throws Exception {
    start(new Settings.Servers(Optional.of(ANY_PORT), Optional.empty(), false));
    health.nodeRemoved();

    HttpResponse<String> healthz = get(healthzPort(), "/healthz", "");
    HttpResponse<String> livez = get(healthzPort(), "/livez", "");

    assertEquals(503, healthz.statusCode());
    assertEquals(health.report().healthzJson(), healthz.body());
    assertEquals("application/json", header(healthz, "Content-Type"));
    assertEquals("nosniff", header(healthz, "X-Content-Type-Options"));
    assertEquals(200, livez.statusCode());
    assertEquals(health.report().livezJson(), livez.body());
    assertTrue(registry.scrape().contains("kubeproxy_proxy_healthz_total{code=\"503\"} 1.0"));
    assertTrue(registry.scrape().contains("kubeproxy_proxy_livez_total{code=\"200\"} 1.0"));
  }

  @Test
  void theMetricsServerTellsModeAndMetrics() throws Exception {
    start(new Settings.Servers(Optional.empty(), Optional.of(ANY_PORT), false));
    SourceMetrics.register(registry, new StillSource(ImmutableList.of()));

    HttpResponse<String> mode = get(metricsPort(), "/proxyMode", "");
    HttpResponse<String> text = get(metricsPort(), "/metrics", "text/plain");
    HttpResponse<String> open =
        get(
            metricsPort(),
            "/metrics",
            "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");

    assertEquals("ipvs", mode.body());
    assertEquals("text/plain; charset=utf-8", header(mode, "Content-Type"));
    assertEquals("nosniff", header(mode, "X-Content-Type-Options"));
    assertEquals("ok", get(metricsPort(), "/healthz", "").body());
    assertEquals("text/plain; version=0.0.4; charset=utf-8", header(text, "Content-Type"));
    assertTrue(text.body().contains("fairlead_source_connected 1.0"), text.body());
    assertEquals(
        "application/openmetrics-text; version=1.0.0; charset=utf-8", header(open, "Content-Type"));
    assertTrue(open.body().endsWith("# EOF\n"), open.body());
  }

  @Test
  void theMetricsServerAloneHasTheCallersPagesToo() throws Exception {
    start(new Settings.Servers(Optional.of(ANY_PORT), Optional.of(ANY_PORT), false));

    assertEquals("more", get(metricsPort(), "/extra", "").body());
    assertEquals("ok", get(metricsPort(), "/healthz", "").body());
    assertEquals(404, get(healthzPort(), "/extra", "").statusCode());
  }

  @Test
  void otherPathsAndMethodsAreRefused() throws Exception {
    start(new Settings.Servers(Optional.of(ANY_PORT), Optional.empty(), false));

    assertEquals(404, get(healthzPort(), "/healthz/x", "").statusCode());
    assertEquals(404, get(healthzPort(), "/metrics", "").statusCode());
    assertEquals(405, send(healthzPort(), "/healthz", "", "POST").statusCode());
    HttpResponse<String> head = send(healthzPort(), "/healthz", "", "HEAD");
    assertEquals(200, head.statusCode());
    assertEquals("", head.body());
  }

  @Test
  void anAddressThatIsTakenIsBoundWhenItBecomesFree() throws Exception {
    BindAddress taken;
    try (ServerSocket other = takenPort()) {
      taken = new BindAddress(IpAddress.parse("127.0.0.1"), other.getLocalPort());
      start(new Settings.Servers(Optional.of(taken), Optional.empty(), false));
      assertEquals(Optional.empty(), servers.orElseThrow().healthz().orElseThrow().boundTo());
    }

    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (servers.orElseThrow().healthz().orElseThrow().boundTo().isEmpty()) {
      assertTrue(System.nanoTime() < deadline, "never bound " + taken);
      Thread.sleep(RETRY);
    }
    assertEquals(200, get(taken.port(), "/livez", "").statusCode());
  }

  @Test
  void anAddressThatIsTakenIsFatalIfAskedFor() throws Exception {
    try (ServerSocket other = takenPort()) {
      BindAddress taken = new BindAddress(IpAddress.parse("127.0.0.1"), other.getLocalPort());
      var settings = new Settings.Servers(Optional.of(ANY_PORT), Optional.of(taken), true);

      IOException e = assertThrows(IOException.class, () -> start(settings));

      assertEquals(
          "metrics server cannot listen on " + taken + ": Address already in use", e.getMessage());
    }
  }

  @Test
  void withoutAnAddressThereIsNoServer() throws Exception {
    start(new Settings.Servers(Optional.empty(), Optional.empty(), true));

    assertEquals(Optional.empty(), servers.flatMap(OperatorServers::healthz));
    assertEquals(Optional.empty(), servers.flatMap(OperatorServers::metrics));
  }

  private void start(Settings.Servers settings) throws IOException {
    servers = Optional.of(OperatorServers.start(settings, health, registry, EXTRA, RETRY));
  }

  private static ServerSocket takenPort() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private int healthzPort() {
    return servers
        .flatMap(OperatorServers::healthz)
        .flatMap(HttpListener::boundTo)
        .map(InetSocketAddress::getPort)
        .orElseThrow();
  }

  private int metricsPort() {
    return servers
        .flatMap(OperatorServers::metrics)
        .flatMap(HttpListener::boundTo)
        .map(InetSocketAddress::getPort)
        .orElseThrow();
  }

  private HttpResponse<String> get(int port, String path, String accept) throws Exception {
    return send(port, path, accept, "GET");
  }

  private HttpResponse<String> send(int port, String path, String accept, String method)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Accept", accept)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(20))
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
