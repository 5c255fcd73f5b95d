package io.fairlead.proxier;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableMap;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fairlead.proxier.tls.SelfSigned;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** As much of an API server as a {@link Rehearsal} needs: one object of each kind, over TLS. */
final class RehearsalApi implements AutoCloseable {
  private static final String METADATA =
      """
      "metadata":{"name":"web","namespace":"default","resourceVersion":"1","uid":"1",\
      "labels":{"kubernetes.io/service-name":"web"},"annotations":{"fairlead.io/scheduler":"rr"},\
      "managedFields":[{"manager":"kubectl","fieldsV1":{"f:spec":{}}}]}\
      """;
  private static final String SERVICE =
      """
      {"apiVersion":"v1","kind":"Service",%s,"spec":{"type":"LoadBalancer","clusterIP":"10.96.0.10",\
      "clusterIPs":["10.96.0.10","fd00::a"],"externalIPs":["192.0.2.1"],"ports":[{"name":"web",\
      "protocol":"TCP","port":80,"targetPort":8080,"nodePort":30080}],"sessionAffinity":"ClientIP",\
      "sessionAffinityConfig":{"clientIP":{"timeoutSeconds":60}},"externalTrafficPolicy":"Local",\
      "internalTrafficPolicy":"Cluster","loadBalancerSourceRanges":["192.0.2.0/24"]},\
      "status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.2","ipMode":"VIP"}]}}}\
      """
          .formatted(METADATA);
  private static final String SLICE =
      """
      {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice",%s,"addressType":"IPv4",\
      "endpoints":[{"addresses":["10.244.1.10"],"conditions":{"ready":true,"serving":true,\
      "terminating":false},"nodeName":"node1","hints":{"forZones":[{"name":"a"}]}}],\
      "ports":[{"name":"web","protocol":"TCP","port":8080}]}\
      """
          .formatted(METADATA);
  private static final String NODE =
      """
      {"apiVersion":"v1","kind":"Node","metadata":{"name":"node1","resourceVersion":"1"},\
      "spec":{"podCIDRs":["10.244.1.0/24"]},"status":{"addresses":[{"type":"InternalIP",\
      "address":"192.0.2.100"}]}}\
      """;

  private static final ImmutableMap<String, String> OBJECTS =
      ImmutableMap.of(
          "/api/v1/services", SERVICE,
          "/apis/discovery.k8s.io/v1/endpointslices", SLICE,
          "/api/v1/nodes", NODE);

  private static final String LISTED =
      """
      {"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"2",\
      "annotations":{"k8s.io/initial-events-end":"true"}}}}
      """;

  private final HttpsServer server;
  private final Path authority;
  private final Path token;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);

  private RehearsalApi(HttpsServer server, Path authority, Path token) {
    this.server = server;
    this.authority = authority;
    this.token = token;
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Starts one on any port of 127.0.0.1, with its files in this folder. */
  static RehearsalApi start(Path folder) throws IOException, InterruptedException {
    SelfSigned certificate = SelfSigned.make(folder, "127.0.0.1");
    HttpsServer server =
        HttpsServer.create(
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certificate.server()));
    Path token = Files.writeString(folder.resolve("token"), "none");
    return new RehearsalApi(server, certificate.pem(), token);
  }

  String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The certificate, for clients to trust. */
  Path authority() {
    return authority;
  }

  /** A file with a token, which is not looked at. */
  Path token() {
    return token;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String object = OBJECTS.getOrDefault(exchange.getRequestURI().getPath(), "");
      if (object.isEmpty()) {
        exchange.sendResponseHeaders(201, -1); // an Event
        return;
      }
      exchange.sendResponseHeaders(200, 0);
      String events = "{\"type\":\"ADDED\",\"object\":" + object + "}\n" + LISTED;
      exchange.getResponseBody().write(events.getBytes(UTF_8));
      exchange.getResponseBody().flush();
      closed.await(); // a watch goes on
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    threads.shutdownNow();
    server.stop(0);
  }
}
