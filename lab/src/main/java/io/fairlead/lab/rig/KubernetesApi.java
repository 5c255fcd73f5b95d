package io.fairlead.lab.rig;

import static com.google.common.base.Preconditions.checkArgument;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * An API server on a host of the rig, as much of one as proxies need: it lists and watches
 * Services, EndpointSlices and Nodes over plain HTTP, with WatchList (KEP-3157) and without, and
 * takes Events. It forgets no version, so no watch ever comes too late.
 */
public final class KubernetesApi implements AutoCloseable {
  private static final int PORT = 8001;

  private record Change(String type, ApiObject object, long version) {
    String event() {
      return KubernetesApi.event(type, object.json(version));
    }
  }

  private final String url;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Change> objects = new ArrayList<>();
  private final List<Change> history = new ArrayList<>();
  private long version;

  private KubernetesApi(String url, HttpServer server) {
    this.url = url;
    this.server = server;
  }

  /** Starts one on the host's IPv4 address. */
  public static KubernetesApi start(Host host) {
    return host.namespace()
        .call(() -> {
          HttpServer server = HttpServer.create(Servers.socketAddress(host.v4(), PORT), 0);
          var api = new KubernetesApi("http://" + host.v4() + ":" + PORT, server);
          server.setExecutor(api.threads);
          server.createContext("/", api::answer);
          server.start();
          return api;
        });
  }

  /** For a proxy's {@code --master}. */
  public String url() {
    return url;
  }

  /** Creates the object, or replaces it. */
  public synchronized void apply(ApiObject object) {
    boolean known = objects.removeIf(each -> each.object().isSameAs(object));
    objects.add(record(known ? "MODIFIED" : "ADDED", object));
  }

  /** Deletes the object, which must be there, in whatever version. */
  public synchronized void delete(ApiObject object) {
    checkArgument(objects.removeIf(each -> each.object().isSameAs(object)), "no %s", object);
    record("DELETED", object);
  }

  private Change record(String type, ApiObject object) {
    Change change = new Change(type, object, ++version);
    history.add(change);
    notifyAll();
    return change;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange;
        OutputStream out = exchange.getResponseBody()) {
      if (exchange.getRequestMethod().equals("POST")) {
        create(exchange, out);
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
      exchange.sendResponseHeaders(200, 0);
      if (query.has("watch")) {
        watch(query, out);
      } else {
        out.write(list(query).getBytes(UTF_8));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  /** An Event, say: it is taken, and nobody asks for it again. */
  private static void create(HttpExchange exchange, OutputStream out) throws IOException {
    byte[] object = exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(201, object.length);
    out.write(object);
  }

  private synchronized String list(Query query) {
    String items =
        objects.stream()
            .filter(each -> query.selects(each.object()))
            .map(each -> each.object().json(each.version()))
            .collect(Collectors.joining(","));
    return query.collection().list(version, items);
  }

  private void watch(Query query, OutputStream out) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(query.number("timeoutSeconds"));
    long position = query.number("resourceVersion");
    if (query.has("sendInitialEvents")) {
      position = initialEvents(query, out);
    }
    out.flush(); // or the head of the answer waits for the first event
    for (List<Change> more = after(position, deadline);
        !more.isEmpty();
        more = after(position, deadline)) {
      for (Change change : more) {
        if (query.selects(change.object())) {
          out.write(change.event().getBytes(UTF_8));
        }
      }
      out.flush();
      position = more.getLast().version();
    }
    // So that the next watch goes on from here, and a proxy sees that this one was a good one.
    out.write(bookmark(query, position, "{}").getBytes(UTF_8));
  }

  private long initialEvents(Query query, OutputStream out) throws IOException {
    StringBuilder events = new StringBuilder();
    long position;
    synchronized (this) {
      objects.stream()
          .filter(each -> query.selects(each.object()))
          .forEach(each -> events.append(event("ADDED", each.object().json(each.version()))));
      position = version;
    }
    events.append(bookmark(query, position, "{\"k8s.io/initial-events-end\":\"true\"}"));
    out.write(events.toString().getBytes(UTF_8));
    return position;
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

  private static String bookmark(Query query, long version, String annotations) {
    return event("BOOKMARK", query.collection().bookmark(version, annotations));
  }

  private static String event(String type, String object) {
    return "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
  }

  /** Ends all watches. */
  @Override
  public void close() {
    threads.shutdownNow();
    server.stop(0);
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
    boolean selects(ApiObject object) {
      String field = parameters.getOrDefault("fieldSelector", "");
      return object.collection() == collection
          && (field.isEmpty() || field.equals("metadata.name=" + object.name()));
    }
  }
}
