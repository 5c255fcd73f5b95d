package io.fairlead.lab.rig;

import static com.google.common.base.Preconditions.checkArgument;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fairlead.core.net.IpAddress;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * An API server on a host of the rig, as much of one as proxies need: it lists and watches
 * Services, EndpointSlices and Nodes, with WatchList (KEP-3157) and without, and takes Events. It
 * forgets no version, so no watch ever comes too late. Objects are rendered once, when they come,
 * so that it has little to do for tens of thousands of them.
 */
public final class KubernetesApi implements AutoCloseable {
  private static final int PORT = 8001;
  private static final int SECURE_PORT = 6443;
  private static final int BUFFER = 1 << 16;

  /**
   * An API server sends no smaller list so (kubernetes: responsewriters.defaultGzipThresholdBytes).
   */
  private static final int GZIP_FROM = 128 << 10;

  private static final byte[] EVENT_END = "}\n".getBytes(UTF_8);

  /** What happened to an object, and what it is since. */
  private record Change(String type, ApiObject.Key key, long version, String json) {
    void writeEvent(String as, OutputStream out) throws IOException {
      out.write(("{\"type\":\"" + as + "\",\"object\":").getBytes(UTF_8));
      out.write(json.getBytes(UTF_8));
      out.write(EVENT_END);
    }
  }

  private final String url;
  private final HttpServer server;
  private final Predicate<HttpExchange> mayAsk;
  private final Optional<TlsFront> front;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<ApiObject.Key, Change> objects = new LinkedHashMap<>();
  private final List<Change> history = new ArrayList<>();
  private long version;

  private KubernetesApi(
      String url, HttpServer server, Predicate<HttpExchange> mayAsk, Optional<TlsFront> front) {
    this.url = url;
    this.server = server;
    this.mayAsk = mayAsk;
    this.front = front;
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Starts one on the host's IPv4 address, over plain HTTP and for everybody. */
  public static KubernetesApi start(Host host) {
    return host.namespace()
        .call(() ->
            new KubernetesApi(
                "http://" + host.v4() + ":" + PORT,
                HttpServer.create(Servers.socketAddress(host.v4(), PORT), 0),
                _ -> true,
                Optional.empty()));
  }

  /** Starts one as a cluster has it: over TLS, and for those who have the token. */
  public static KubernetesApi start(Host host, ApiCredentials credentials) {
    return host.namespace()
        .call(() -> {
          InetSocketAddress inside = Servers.socketAddress(IpAddress.parse("127.0.0.1"), PORT);
          InetSocketAddress outside = Servers.socketAddress(host.v4(), SECURE_PORT);
          return new KubernetesApi(
              "https://" + host.v4() + ":" + SECURE_PORT,
              HttpServer.create(inside, 0),
              credentials::isShownIn,
              Optional.of(TlsFront.start(credentials.tls(), outside, inside)));
        });
  }

  /** For a proxy's {@code --master}. */
  public String url() {
    return url;
  }

  /** Creates the object, or replaces it. */
  public synchronized void apply(ApiObject object) {
    boolean known = objects.containsKey(object.key());
    objects.put(object.key(), record(known ? "MODIFIED" : "ADDED", object));
  }

  /** Deletes the object, which must be there, in whatever version. */
  public synchronized void delete(ApiObject object) {
    checkArgument(objects.remove(object.key()) != null, "no %s", object);
    record("DELETED", object);
  }

  private Change record(String type, ApiObject object) {
    long next = ++version;
    Change change = new Change(type, object.key(), next, object.json(next));
    history.add(change);
    notifyAll();
    return change;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!mayAsk.test(exchange)) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      if (exchange.getRequestMethod().equals("POST")) {
        create(exchange);
        return;
      }
      String path = exchange.getRequestURI().getPath();
      var collection =
          Arrays.stream(ApiObject.Collection.values())
              .filter(each -> each.path().equals(path))
              .findFirst();
      if (collection.isEmpty()) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      Query query = Query.of(exchange.getRequestURI().getRawQuery(), collection.get());
      if (query.has("watch")) {
        watch(exchange, query);
      } else {
        list(exchange, query);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  /** An Event, say: it is taken, and nobody asks for it again. */
  private static void create(HttpExchange exchange) throws IOException {
    byte[] object = exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(201, object.length);
    exchange.getResponseBody().write(object);
  }

  /** A moment of a collection. */
  private record Snapshot(long version, List<Change> objects) {
    long size() {
      return objects.stream().mapToLong(each -> each.json().length()).sum();
    }
  }

  private synchronized Snapshot snapshot(Query query) {
    return new Snapshot(
        version, objects.values().stream().filter(each -> query.selects(each.key())).toList());
  }

  private void list(HttpExchange exchange, Query query) throws IOException {
    Snapshot all = snapshot(query);
    boolean zip = all.size() >= GZIP_FROM && isGzipAccepted(exchange);
    if (zip) {
      exchange.getResponseHeaders().set("Content-Encoding", "gzip");
    }
    exchange.sendResponseHeaders(200, 0);
    OutputStream body = new BufferedOutputStream(exchange.getResponseBody(), BUFFER);
    try (OutputStream out = zip ? new FastGzip(body) : body) {
      out.write(query.collection().listStart(all.version()).getBytes(UTF_8));
      boolean isFirst = true;
      for (Change object : all.objects()) {
        if (!isFirst) {
          out.write(',');
        }
        out.write(object.json().getBytes(UTF_8));
        isFirst = false;
      }
      out.write("]}".getBytes(UTF_8));
    }
  }

  private static boolean isGzipAccepted(HttpExchange exchange) {
    String accepted = exchange.getRequestHeaders().getFirst("Accept-Encoding");
    return accepted != null && accepted.contains("gzip");
  }

  /** As API servers zip: at the lowest level, where it costs least. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, BUFFER);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  private void watch(HttpExchange exchange, Query query) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(query.number("timeoutSeconds"));
    long position = query.number("resourceVersion");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = new BufferedOutputStream(exchange.getResponseBody(), BUFFER);
    if (query.has("sendInitialEvents")) {
      position = initialEvents(query, out);
    }
    out.flush(); // or the head of the answer waits for the first event
    for (List<Change> more = after(position, deadline);
        !more.isEmpty();
        more = after(position, deadline)) {
      for (Change change : more) {
        if (query.selects(change.key())) {
          change.writeEvent(change.type(), out);
        }
      }
      out.flush();
      position = more.getLast().version();
    }
    // So that the next watch goes on from here, and a proxy sees that this one was a good one.
    out.write(bookmark(query, position, "{}"));
    out.close();
  }

  private long initialEvents(Query query, OutputStream out) throws IOException {
    Snapshot all = snapshot(query);
    for (Change object : all.objects()) {
      object.writeEvent("ADDED", out);
    }
    out.write(bookmark(query, all.version(), "{\"k8s.io/initial-events-end\":\"true\"}"));
    return all.version();
  }

  /** All changes after a version, once there are any; none if the time is over. */
  private synchronized List<Change> after(long position, long deadline)
      throws InterruptedException {
    long left = deadline - System.nanoTime();
    while (version <= position && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
    // Each change has a version of its own, from 1.
    return List.copyOf(history.subList((int) position, history.size()));
  }

  private static byte[] bookmark(Query query, long version, String annotations) {
    return ("{\"type\":\"BOOKMARK\",\"object\":"
            + query.collection().bookmark(version, annotations)
            + "}\n")
        .getBytes(UTF_8);
  }

  /** Ends all watches. */
  @Override
  public void close() {
    threads.shutdownNow();
    server.stop(0);
    if (front.isPresent()) {
      front.get().close();
    }
  }

  /** What is asked for, of which collection. */
  private record Query(ApiObject.Collection collection, Map<String, String> parameters) {
    static Query of(String text, ApiObject.Collection collection) {
      Map<String, String> parameters = new HashMap<>();
      for (String pair : text.split("&", -1)) {
        String[] halves = pair.split("=", 2);
        parameters.put(halves[0], URLDecoder.decode(halves[1], UTF_8));
      }
      return new Query(collection, parameters);
    }

    boolean has(String parameter) {
      return parameters.containsKey(parameter);
    }

    long number(String parameter) {
      return Long.parseLong(parameters.getOrDefault(parameter, "0"));
    }

    /** Label selectors leave out what is for others, and nothing here is. */
    boolean selects(ApiObject.Key key) {
      String field = parameters.getOrDefault("fieldSelector", "");
      return key.collection() == collection
          && (field.isEmpty() || field.equals("metadata.name=" + key.name()));
    }
  }
}
