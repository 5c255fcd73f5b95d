package io.fairlead.proxier.source.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/**
 * An API server with the manners of a real one where a watch can tell: versions, history and its
 * compaction, selectors, bookmarks, WatchList, pages; and with every misfortune on demand. The
 * bytes of a watch are split at random.
 */
final class FakeApi implements AutoCloseable {
  /** How the server answers {@code sendInitialEvents}. */
  enum WatchList {
    KNOWN,
    REFUSED,
    IGNORED
  }

  private record Stored(String collection, String name, String json, long version) {
    boolean matches(Map<String, String> query) {
      boolean forOthers =
          json.contains("service.kubernetes.io/headless")
              || json.contains("service.kubernetes.io/service-proxy-name");
      String field = query.getOrDefault("fieldSelector", "");
      return !(query.containsKey("labelSelector") && forOthers)
          && (field.isEmpty() || field.equals("metadata.name=" + name));
    }
  }

  private record Event(Optional<Stored> before, Stored now, boolean deleted) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Random random;
  private final Optional<SSLContext> tls;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final TreeMap<String, Stored> objects = new TreeMap<>();
  private final List<Event> history = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();
  private final List<Snapshot> snapshots = new CopyOnWriteArrayList<>();
  private final List<Integer> answers = new ArrayList<>();
  private HttpServer server;
  private int port;
  private long version = 100;
  private long compacted = 100;
  private long watchGeneration;
  private long bookmarks;
  private boolean stalled;
  private int garbled;
  private boolean goneAsHttp;
  private boolean pages;
  private WatchList watchList = WatchList.KNOWN;
  private String token = "";
  private final Set<String> restricted = new HashSet<>();

  FakeApi(Optional<SSLContext> tls, long seed) throws IOException {
    this.tls = tls;
    this.random = new Random(seed);
    this.server = bound(0);
    this.port = server.getAddress().getPort();
  }

  private HttpServer bound(int at) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), at);
    HttpServer bound;
    if (tls.isPresent()) {
      HttpsServer https = HttpsServer.create(address, 0);
      https.setHttpsConfigurator(new HttpsConfigurator(tls.get()));
      bound = https;
    } else {
      bound = HttpServer.create(address, 0);
    }
    bound.setExecutor(threads);
    bound.createContext("/", this::handle);
    bound.start();
    return bound;
  }

  String url() {
    return (tls.isPresent() ? "https" : "http") + "://127.0.0.1:" + port;
  }

  // ---- the cluster

  /** Creates or replaces an object; {@code %s} in the JSON is its version. */
  void put(String collection, String namespacedName, String json) {
    locked(() -> {
      version++;
      Stored now = new Stored(collection, namespacedName, json.formatted(version), version);
      Stored before = objects.put(collection + " " + namespacedName, now);
      history.add(new Event(Optional.ofNullable(before), now, false));
    });
  }

  void delete(String collection, String namespacedName) {
    locked(() -> {
      Stored before = objects.remove(collection + " " + namespacedName);
      if (before != null) {
        version++;
        String last = before.json.replace("\"" + before.version + "\"", "\"" + version + "\"");
        Stored now = new Stored(collection, namespacedName, last, version);
        history.add(new Event(Optional.of(before), now, true));
      }
    });
  }

  /** The objects of a collection that the label selector lets through. */
  List<String> jsonOf(String collection) {
    lock.lock();
    try {
      return objects.values().stream()
          .filter(it -> it.collection.equals(collection))
          .filter(it -> it.matches(Map.of("labelSelector", "")))
          .map(Stored::json)
          .toList();
    } finally {
      lock.unlock();
    }
  }

  // ---- misfortunes

  /** Forgets the history, so that a watch from an older version is Gone. */
  void compact(boolean asHttpStatus) {
    locked(() -> {
      goneAsHttp = asHttpStatus;
      compacted = version;
      history.clear();
    });
  }

  /** Cuts all watches off in the middle. */
  void dropWatches() {
    locked(() -> watchGeneration++);
  }

  /** While true, watches stay open and nothing comes. */
  void stall(boolean yes) {
    locked(() -> stalled = yes);
  }

  void bookmark() {
    locked(() -> bookmarks++);
  }

  /** The next so many events of watches are garbage. */
  void garble(int events) {
    locked(() -> garbled = events);
  }

  /** The next requests are answered with these codes. */
  void answerWith(Integer... codes) {
    locked(() -> answers.addAll(List.of(codes)));
  }

  void watchList(WatchList how) {
    locked(() -> watchList = how);
  }

  /** Also a list from version 0 comes in pages. */
  void pageAlways() {
    locked(() -> pages = true);
  }

  /** From now on, only requests with this token are answered. */
  void demand(String bearer) {
    locked(() -> token = bearer);
  }

  /** Whether this collection may be read by name only, as a kubelet may read Nodes. */
  void restrict(String collection, boolean yes) {
    locked(() -> {
      if (yes) {
        restricted.add(collection);
      } else {
        restricted.remove(collection);
      }
    });
  }

  void away() {
    dropWatches();
    server.stop(0);
  }

  void back() throws IOException {
    server = bound(port);
  }

  /** The requests so far, as path and query. */
  List<String> requests() {
    lock.lock();
    try {
      return List.copyOf(requests);
    } finally {
      lock.unlock();
    }
  }

  void awaitRequest(String part) throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.SECONDS.toNanos(20);
      while (requests.stream().noneMatch(it -> it.contains(part))) {
        left = changed.awaitNanos(left);
        if (left <= 0) {
          throw new AssertionError("no request with " + part + " among " + requests);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // ---- HTTP

  private void handle(HttpExchange exchange) throws IOException {
    String collection = exchange.getRequestURI().getPath();
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    int[] code = {200};
    locked(() -> {
      requests.add(exchange.getRequestURI().toString());
      code[0] = answers.isEmpty() ? 200 : answers.removeFirst();
      if (!token.isEmpty() && !("Bearer " + token).equals(authorization)) {
        code[0] = 401;
      }
      if (restricted.contains(collection) && !query.containsKey("fieldSelector")) {
        code[0] = 403;
      }
    });
    if (exchange.getRequestMethod().equals("POST")) {
      create(exchange);
    } else if (code[0] != 200) {
      refuse(exchange, code[0], "not now");
    } else if (query.containsKey("watch")) {
      watch(exchange, collection, query);
    } else {
      list(exchange, collection, query);
    }
  }

  private void create(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    locked(() -> requests.add("POST " + exchange.getRequestURI() + " " + body));
    exchange.sendResponseHeaders(201, -1);
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new HashMap<>();
    for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
      int at = pair.indexOf('=');
      query.put(pair.substring(0, at), URLDecoder.decode(pair.substring(at + 1), UTF_8));
    }
    return query;
  }

  private static void refuse(HttpExchange exchange, int code, String message) throws IOException {
    byte[] body = status(code, message).getBytes(UTF_8);
    exchange.getResponseHeaders().add("Retry-After", code == 429 ? "1" : "0");
    exchange.sendResponseHeaders(code, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private static String status(int code, String message) {
    return """
    {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
    "message":"%s","reason":"%s","code":%d}
    """
        .formatted(message, code == 410 ? "Expired" : "Whatever", code);
  }

  /** What a list was when its first page was asked for; the later pages are of the same moment. */
  private record Snapshot(long version, List<Stored> objects) {}

  private Snapshot snapshot(String collection, Map<String, String> query) {
    lock.lock();
    try {
      return new Snapshot(version, matching(collection, query));
    } finally {
      lock.unlock();
    }
  }

  private List<Stored> matching(String collection, Map<String, String> query) {
    return objects.values().stream()
        .filter(it -> it.collection.equals(collection) && it.matches(query))
        .toList();
  }

  private void list(HttpExchange exchange, String collection, Map<String, String> query)
      throws IOException {
    String[] token = query.getOrDefault("continue", "0:0").split(":", -1);
    int from = Integer.parseInt(token[1]);
    Snapshot snapshot =
        from == 0 ? snapshot(collection, query) : snapshots.get(Integer.parseInt(token[0]));
    // Like the watch cache, which answers version 0, this gives all it has whatever the limit.
    boolean paged = pages || !query.getOrDefault("resourceVersion", "").equals("0");
    int limit = paged ? Integer.parseInt(query.getOrDefault("limit", "1000000")) : 1000000;
    int to = Math.min(snapshot.objects.size(), from + limit);
    String more = "";
    if (to < snapshot.objects.size()) {
      snapshots.add(snapshot);
      more = ",\"continue\":\"" + snapshots.lastIndexOf(snapshot) + ":" + to + "\"";
    }
    String items =
        snapshot.objects.subList(from, to).stream()
            .map(Stored::json)
            .collect(Collectors.joining(","));
    byte[] body =
        """
        {"kind":"AnyList","apiVersion":"v1","metadata":{"resourceVersion":"%d"%s},"items":[%s]}
        """
            .formatted(snapshot.version, more, items)
            .getBytes(UTF_8);
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private void watch(HttpExchange exchange, String collection, Map<String, String> query)
      throws IOException {
    boolean initial = query.containsKey("sendInitialEvents");
    if (initial && watchList == WatchList.REFUSED) {
      refuse(exchange, 422, "sendInitialEvents is forbidden for watch");
      return;
    }
    Watch watch = new Watch(exchange, collection, query);
    if (initial) {
      watch.begin();
      watch.sendInitialEvents();
    } else {
      watch.position = Long.parseLong(query.getOrDefault("resourceVersion", "0"));
      if (watch.position < compacted && goneAsHttp) {
        refuse(exchange, 410, "too old resource version");
        return;
      }
      watch.begin();
    }
    watch.follow();
  }

  private final class Watch {
    private final HttpExchange exchange;
    private final String collection;
    private final Map<String, String> query;
    private final OutputStream out;
    private final long deadline;
    private final long generation = watchGeneration;
    private long seenBookmarks = bookmarks;
    private long position;

    Watch(HttpExchange exchange, String collection, Map<String, String> query) {
      this.exchange = exchange;
      this.collection = collection;
      this.query = query;
      this.out = exchange.getResponseBody();
      this.deadline =
          System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(query.get("timeoutSeconds")));
    }

    void begin() throws IOException {
      exchange.sendResponseHeaders(200, 0);
      out.flush(); // or the head waits for the first event
    }

    void sendInitialEvents() throws IOException {
      List<String> lines = new ArrayList<>();
      locked(() -> {
        objects.values().stream()
            .filter(it -> it.collection.equals(collection) && it.matches(query))
            .forEach(it -> lines.add(event("ADDED", it.json)));
        position = version;
        if (watchList == WatchList.KNOWN) {
          lines.add(bookmark(",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}"));
        }
      });
      for (String line : lines) {
        send(line);
      }
    }

    /** Sends what comes, until the time is over; throws, and so cuts the connection, if dropped. */
    void follow() throws IOException {
      boolean open = true;
      while (open) {
        List<String> lines = new ArrayList<>();
        open = next(lines);
        for (String line : lines) {
          send(line);
        }
      }
      out.close();
    }

    private boolean next(List<String> lines) throws IOException {
      lock.lock();
      try {
        while (true) {
          if (generation != watchGeneration) {
            throw new IOException("dropped");
          }
          long left = deadline - System.nanoTime();
          if (left <= 0) {
            return false;
          }
          if (!stalled && collect(lines)) {
            return true;
          }
          if (!lines.isEmpty()) {
            return false; // Gone
          }
          var _ = changed.awaitNanos(left);
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      } finally {
        lock.unlock();
      }
    }

    /** Whether there is something to send and more may follow. */
    private boolean collect(List<String> lines) {
      if (position < compacted) {
        lines.add(event("ERROR", status(410, "too old resource version")));
        return false;
      }
      for (Event event : history) {
        if (event.now.version > position && event.now.collection.equals(collection)) {
          line(event).ifPresent(lines::add);
        }
      }
      position = version;
      if (seenBookmarks != bookmarks) {
        seenBookmarks = bookmarks;
        lines.add(bookmark(""));
      }
      if (!lines.isEmpty() && garbled > 0) {
        garbled--;
        lines.clear();
        lines.add("{\"type\":\"ADDED\",\"object\":{]\u0001}}\n");
      }
      return !lines.isEmpty();
    }

    private Optional<String> line(Event event) {
      boolean was = event.before.isPresent() && event.before.get().matches(query);
      boolean is = !event.deleted && event.now.matches(query);
      if (!was && !is) {
        return Optional.empty();
      }
      return Optional.of(event(!is ? "DELETED" : was ? "MODIFIED" : "ADDED", event.now.json));
    }

    private String bookmark(String annotations) {
      return event(
          "BOOKMARK",
          "{\"kind\":\"Any\",\"metadata\":{\"resourceVersion\":\"%d\"%s}}"
              .formatted(position, annotations));
    }

    private static String event(String type, String json) {
      return "{\"type\":\"" + type + "\",\"object\":" + json.strip() + "}\n";
    }

    private void send(String line) throws IOException {
      byte[] bytes = line.getBytes(UTF_8);
      int split = random.nextInt(bytes.length);
      out.write(bytes, 0, split);
      out.flush();
      out.write(bytes, split, bytes.length - split);
      out.flush();
    }
  }

  @Override
  public void close() {
    away();
    threads.shutdownNow();
  }
}
