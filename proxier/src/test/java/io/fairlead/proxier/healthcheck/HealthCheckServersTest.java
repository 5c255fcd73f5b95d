package io.fairlead.proxier.healthcheck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.plan.HealthCheck;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** P30 of the parity table, over sockets of this machine. */
class HealthCheckServersTest {
  private static final ObjectName WEB = new ObjectName("shop", "web");
  private static final ObjectName API = new ObjectName("shop", "api");

  private final AtomicBoolean healthy = new AtomicBoolean(true);
  private final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();
  private final HealthCheckServers servers =
      new HealthCheckServers(
          "node1",
          healthy::get,
          (service, reason, note) -> warnings.add(service + " " + reason + " " + note),
          Duration.ofMillis(50));

  @BeforeEach
  void start() {
    servers.start();
  }

  @AfterEach
  void stop() {
    servers.close();
  }

  record Case(String request, int endpoints, boolean healthy, String answer) {}

  static Stream<Case> cases() {
    String get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    return Stream.of(
        new Case(get, 2, true, good(2, "200 OK", true, true)),
        new Case(get, 0, true, good(0, "503 Service Unavailable", true, true)),
        new Case(get, 2, false, good(2, "503 Service Unavailable", false, true)),
        new Case(get, 0, false, good(0, "503 Service Unavailable", false, true)),
        // Any path, and what else load balancers send.
        new Case("GET /healthz?x=y HTTP/1.0\r\n\r\n", 1, true, good(1, "200 OK", true, true)),
        new Case("GET http://lb/ HTTP/1.1\nHost: x\n\n", 1, true, good(1, "200 OK", true, true)),
        new Case("HEAD / HTTP/1.1\r\n\r\n", 1, true, good(1, "200 OK", true, false)),
        new Case(
            "POST / HTTP/1.1\r\n\r\n",
            1,
            true,
            "HTTP/1.1 405 Method Not Allowed|Allow: GET, HEAD|Content-Length: 0"
                + "|Connection: close||"),
        new Case(
            "\u0016\u0003\u0001 client hello\r\n\r\n", // TLS, to the wrong port
            1,
            true,
            "HTTP/1.1 400 Bad Request|Content-Length: 0|Connection: close||"),
        new Case(
            "GET / HTTP/1.1\r\nX: " + "x".repeat(4096 - 19),
            1,
            true,
            "HTTP/1.1 431 Request Header Fields Too Large|Content-Length: 0|Connection: close||"));
  }

  private static String good(int endpoints, String status, boolean healthy, boolean withBody) {
    String body =
        "{\"service\":{\"namespace\":\"shop\",\"name\":\"web\"},\"localEndpoints\":"
            + endpoints
            + ",\"serviceProxyHealthy\":"
            + healthy
            + "}\n";
    return "HTTP/1.1 "
        + status
        + "|Content-Type: application/json|X-Content-Type-Options: nosniff"
        + "|X-Load-Balancing-Endpoint-Weight: "
        + endpoints
        + "|Content-Length: "
        + body.length()
        + "|Connection: close||"
        + (withBody ? body : "");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answers(Case c) throws Exception {
    int port = freePort();
    healthy.set(c.healthy);
    serve(new HealthCheck(WEB, port, c.endpoints));

    assertEquals(c.answer, ask("127.0.0.1", port, c.request));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void onePortServesBothFamilies(String address) throws Exception {
    int port = freePort();
    serve(new HealthCheck(WEB, port, 1));

    assertTrue(ask(address, port).startsWith("HTTP/1.1 200 OK"));
  }

  @Test
  void aCountChangesUnderAnOpenConnection() throws Exception {
    int port = freePort();
    serve(new HealthCheck(WEB, port, 1));
    try (Socket early = connect("127.0.0.1", port)) {
      send(early, "GET / HTTP/1.1\r\n");
      servers.serve(table(new HealthCheck(WEB, port, 0)));
      while (!ask("127.0.0.1", port).contains("Weight: 0")) {
        Thread.sleep(5);
      }

      send(early, "\r\n");

      assertTrue(answer(early).startsWith("HTTP/1.1 503"));
    }
  }

  @Test
  void twoServicesMayChangePorts() throws Exception {
    int one = freePort();
    int two = freePort();
    serve(new HealthCheck(WEB, one, 1), new HealthCheck(API, two, 2));

    serve(new HealthCheck(WEB, two, 1), new HealthCheck(API, one, 2));

    assertTrue(ask("127.0.0.1", one).contains("\"name\":\"api\""));
    assertTrue(ask("127.0.0.1", two).contains("\"name\":\"web\""));
    assertEquals(List.of(), List.copyOf(warnings));
  }

  @Test
  void aPortThatIsNotWantedAnyMoreIsClosed() throws Exception {
    int old = freePort();
    int next = freePort();
    serve(new HealthCheck(WEB, old, 1));

    serve(new HealthCheck(WEB, next, 1));
    assertThrows(ConnectException.class, () -> connect("127.0.0.1", old));

    servers.serve(ImmutableSortedMap.of());
    awaitClosed(next);
  }

  @Test
  void aPortThatIsTakenIsToldOnceAndOpenedWhenItIsFree() throws Exception {
    int free = freePort();
    int taken;
    try (ServerSocket other = new ServerSocket(0)) {
      taken = other.getLocalPort();
      serve(new HealthCheck(API, free, 1), new HealthCheck(WEB, taken, 1));
      assertEquals(
          "shop/web FailedToStartServiceHealthcheck node node1 failed to start healthcheck"
              + " \"shop/web\" on port "
              + taken
              + ": Address already in use",
          warnings.poll(10, TimeUnit.SECONDS));
      assertTrue(ask("127.0.0.1", free).startsWith("HTTP/1.1 200 OK"));

      Thread.sleep(200); // several tries
    }
    awaitOpen(taken);
    assertTrue(ask("127.0.0.1", taken).startsWith("HTTP/1.1 200 OK"));
    assertEquals(List.of(), List.copyOf(warnings));
  }

  @Test
  void idleConnectionsGiveWayToThoseThatAsk() throws Exception {
    int port = freePort();
    serve(new HealthCheck(WEB, port, 1));
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        idle.add(connect("127.0.0.1", port));
      }

      assertTrue(ask("127.0.0.1", port).startsWith("HTTP/1.1 200 OK"));
      assertEquals("", answer(idle.getFirst()), "the oldest was closed");
      idle.getLast().setSoTimeout(200);
      assertThrows(SocketTimeoutException.class, () -> answer(idle.getLast()), "a new one was not");
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void nothingListensOnceItIsClosed() throws Exception {
    int port = freePort();
    serve(new HealthCheck(WEB, port, 1));

    servers.close();

    assertThrows(ConnectException.class, () -> connect("127.0.0.1", port));
  }

  private static ImmutableSortedMap<ObjectName, HealthCheck> table(HealthCheck... checks) {
    var table = ImmutableSortedMap.<ObjectName, HealthCheck>naturalOrder();
    Stream.of(checks).forEach(check -> table.put(check.service(), check));
    return table.buildOrThrow();
  }

  /** Waits until each of these is served, or one was refused. */
  private void serve(HealthCheck... checks) throws Exception {
    servers.serve(table(checks));
    for (HealthCheck check : checks) {
      awaitOpen(check.port());
      while (warnings.isEmpty() && !served(check)) {
        Thread.sleep(5);
      }
    }
  }

  private static boolean served(HealthCheck check) throws IOException {
    try {
      String answer = ask("127.0.0.1", check.port());
      return answer.contains("\"name\":\"" + check.service().name() + "\"")
          && answer.contains("Weight: " + check.localEndpoints());
    } catch (SocketException e) {
      return false; // it came to a listener that was just being closed
    }
  }

  private static void awaitOpen(int port) throws Exception {
    while (true) {
      try (Socket _ = connect("127.0.0.1", port)) {
        return;
      } catch (SocketException e) {
        Thread.sleep(5); // refused, or reset by a listener that was just being closed
      }
    }
  }

  private static void awaitClosed(int port) throws Exception {
    while (true) {
      try (Socket _ = connect("127.0.0.1", port)) {
        Thread.sleep(5);
      } catch (ConnectException e) {
        return;
      } catch (SocketException e) {
        Thread.sleep(5); // reset: it is just being closed
      }
    }
  }

  private static String ask(String address, int port) throws IOException {
    return ask(address, port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  /** The answer, with the ends of its head's lines as bars. */
  private static String ask(String address, int port, String request) throws IOException {
    try (Socket socket = connect(address, port)) {
      send(socket, request);
      return answer(socket);
    }
  }

  private static Socket connect(String address, int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getByName(address), port), 5000);
    socket.setSoTimeout(10000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
    socket.getOutputStream().flush();
  }

  private static String answer(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    return new String(in.readAllBytes(), UTF_8).replace("\r\n", "|");
  }

  /** Such that nobody has it now. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
