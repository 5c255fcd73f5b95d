package io.fairlead.proxier.source.kubernetes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.proxier.source.ProblemLog;
import io.fairlead.proxier.source.SourceStatus;
import io.fairlead.proxier.source.SourceStatus.State;
import io.fairlead.proxier.source.decode.Decoded;
import io.fairlead.proxier.source.decode.ListHeader;
import io.fairlead.proxier.source.decode.ObjectDecoder;
import io.fairlead.proxier.source.decode.Problem;
import io.fairlead.proxier.source.decode.WatchEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps up with one resource: everything that is there, then every change, through whatever happens
 * to the connection. Runs on a thread of its own until that is interrupted.
 *
 * <p>The rules are client-go's Reflector: the first list may be as old as the server likes
 * (resourceVersion 0), a watch goes on from the last version seen, and when that version is no
 * longer available, a fresh list (no resourceVersion) tells what has changed and what is gone.
 */
final class Reflector implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Reflector.class);
  // Field names come from anyone who may write an annotation: they are not for the JVM's own table,
  // and names that collide on purpose must not throw.
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .build();

  /** After so many attempts in a row at WatchList that came to nothing, a plain list is tried. */
  private static final int WATCH_LIST_ATTEMPTS = 3;

  /** After so many unreadable answers in a row at one version, that version is given up. */
  private static final int MALFORMED_LIMIT = 2;

  private final ApiServer api;
  private final Resource resource;
  private final WatchTiming timing;
  private final ProblemLog problems;
  private final RandomGenerator random;
  private final Consumer<ClusterEvent> events;
  private final ObjectDecoder decoder;
  private final KnownObjects known;
  private final Backoff backoff;

  private boolean watchList = true;
  private int watchListAttempts;
  private int malformed;
  private boolean fresh;
  private boolean listed;
  private boolean listedAll;
  private boolean toldForbidden;

  /** What is asked for now: {@link #resource}, or its lesser part while that is forbidden. */
  private Resource asked;

  private boolean progress;

  private volatile boolean closed;
  private volatile State state = State.LISTING;
  private volatile String resourceVersion = "";
  private volatile int objects;
  private final AtomicLong failures = new AtomicLong();
  private volatile String lastFailure = "";

  Reflector(
      ApiServer api,
      Resource resource,
      WatchTiming timing,
      ProblemLog problems,
      RandomGenerator random,
      Consumer<ClusterEvent> events) {
    this.api = api;
    this.resource = resource;
    this.asked = resource;
    this.timing = timing;
    this.problems = problems;
    this.random = random;
    this.events = events;
    this.decoder = ObjectDecoder.ofResource(resource.kind());
    this.known = new KnownObjects(resource.kind(), events);
    this.backoff = new Backoff(timing.backoff(), timing.backoffCap(), random);
  }

  SourceStatus status() {
    return new SourceStatus(
        resource.name(), state, objects, resourceVersion, failures.get(), lastFailure);
  }

  /** Makes {@link #run} return, once its thread is interrupted as well. */
  void close() {
    closed = true;
  }

  @Override
  public void run() {
    try {
      while (!closed) {
        attempt();
      }
    } catch (InterruptedException e) {
      LOG.debug("{}: closed", resource.name());
    } finally {
      state = State.CLOSED;
    }
  }

  /** One list or watch, to its end, and the wait after it if it ended badly. */
  private void attempt() throws InterruptedException {
    progress = false;
    try {
      if (!resourceVersion.isEmpty()) {
        watch();
        askForAll();
      } else if (watchList) {
        watchInitialEvents();
      } else {
        list();
      }
    } catch (IOException | RuntimeException e) { // no defect may end the watch for good
      if (!closed) {
        failed(e);
      }
    }
  }

  private void list() throws IOException, InterruptedException {
    state = State.LISTING;
    known.beginList();
    ListHeader header = page(fresh ? "" : "&resourceVersion=0");
    while (!header.continueToken().isEmpty()) {
      header = page("&continue=" + Resource.encoded(header.continueToken()));
    }
    complete(header.resourceVersion());
  }

  private ListHeader page(String which) throws IOException, InterruptedException {
    String query = "limit=" + timing.pageSize() + which;
    try (GuardedStream body = get(query, timing.silence());
        JsonParser in = JSON.createParser(body)) {
      expectObject(in.nextToken());
      ListHeader header = decoder.objects(in, this::applied, this::nameless);
      // An answer that is no list must not be taken for an empty one: that would remove everything.
      if (!header.list() || header.resourceVersion().isEmpty()) {
        throw new IOException("the answer is not a list with a resourceVersion");
      }
      return header;
    }
  }

  /** WatchList (KEP-3157): all objects as ADDED events, a marked bookmark, and then the watch. */
  private void watchInitialEvents() throws IOException, InterruptedException {
    state = State.LISTING;
    known.beginList();
    String query = watchQuery() + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    try (GuardedStream body = get(query, timing.initialEvents());
        JsonParser in = JSON.createParser(body)) {
      watchListAttempts++;
      follow(in, body);
    }
  }

  private void watch() throws IOException, InterruptedException {
    state = State.WATCHING;
    String query = watchQuery() + "&resourceVersion=" + Resource.encoded(resourceVersion);
    try (GuardedStream body = get(query, timing.silence());
        JsonParser in = JSON.createParser(body)) {
      follow(in, body);
    }
    if (!progress) {
      // A watch that ends well lasts minutes and has a bookmark at least.
      throw new IOException("the watch ended without a single event");
    }
    LOG.debug("{}: watch ended in good order, going on at {}", resource.name(), resourceVersion);
  }

  private String watchQuery() {
    long least = timing.watch().toSeconds();
    return "watch=true&allowWatchBookmarks=true&timeoutSeconds="
        + (least + random.nextLong(least + 1));
  }

  private GuardedStream get(String query, Duration silence)
      throws IOException, InterruptedException {
    return api.get(asked.with(query), timing.answer(), silence);
  }

  /** Takes events until the stream ends. A parser reads values across any split of the bytes. */
  private void follow(JsonParser in, GuardedStream body) throws IOException {
    for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
      expectObject(token);
      on(decoder.watchEvent(in));
      if (!resourceVersion.isEmpty()) {
        body.tolerate(timing.silence());
      }
    }
    if (resourceVersion.isEmpty()) {
      throw new IOException("the watch ended before the initial events were complete");
    }
  }

  private void on(WatchEvent event) throws IOException {
    switch (event) {
      case WatchEvent.Applied(Decoded object) -> {
        applied(object);
        reached(object.resourceVersion());
      }
      case WatchEvent.Deleted(Decoded object) -> {
        deleted(object);
        reached(object.resourceVersion());
      }
      case WatchEvent.Bookmark bookmark -> bookmark(bookmark);
      case WatchEvent.Failed(var status) -> throw new ApiException(status, Duration.ZERO);
      case WatchEvent.Unusable(String why) ->
          LOG.warn("{}: {} was passed over", resource.name(), why);
    }
    malformed = 0;
    objects = known.size();
  }

  private void bookmark(WatchEvent.Bookmark bookmark) throws IOException {
    if (!resourceVersion.isEmpty()) {
      reached(bookmark.resourceVersion());
    } else if (bookmark.initialEventsEnd()) {
      complete(bookmark.resourceVersion());
    } else {
      throw new NoWatchListException("it sent a bookmark before the end of the initial events");
    }
  }

  /** Moves on to this version, unless the initial events are still coming, which have any order. */
  private void reached(String version) {
    progress = true;
    backoff.reset();
    if (!resourceVersion.isEmpty() && !version.isEmpty()) {
      resourceVersion = version;
    }
  }

  private void complete(String version) throws IOException {
    if (version.isEmpty()) {
      throw new IOException("the end of the list has no resourceVersion");
    }
    known.endList().forEach(name -> problems.clear(resource.kind().describe(name)));
    objects = known.size();
    resourceVersion = version;
    state = State.WATCHING;
    progress = true;
    fresh = false;
    watchListAttempts = 0;
    LOG.info("{}: listed {} objects at resourceVersion {}", resource.name(), objects, version);
    listedAll |= asked.equals(resource);
    if (!listed) {
      listed = true;
      events.accept(new ClusterEvent.Listed(resource.listed()));
    }
  }

  private void applied(Decoded object) {
    problems.report(object.describe(), object.problems());
    known.applied(object);
  }

  private void deleted(Decoded object) {
    problems.clear(object.describe());
    known.removed(object.name());
  }

  private void nameless(Problem problem) {
    problems.report(resource.name(), List.of(problem));
  }

  private static void expectObject(JsonToken token) throws IOException {
    if (token != JsonToken.START_OBJECT) {
      throw new IOException("the answer has " + token + " where an object is due");
    }
  }

  private void failed(Exception e) throws InterruptedException {
    failures.incrementAndGet();
    lastFailure = Failures.reason(e);
    if (mayAskForLess(e)) {
      askForLess();
      return;
    }
    askForAll();
    String doing = resourceVersion.isEmpty() ? "list" : "watch";
    if (isNoWatchList(e)) {
      watchList = false;
      LOG.info(
          "{}: the server has no WatchList ({}), listing instead", resource.name(), lastFailure);
      return;
    }
    if (mustListAgain(e)) {
      resourceVersion = "";
      fresh = true;
    }
    pause(doing, e);
  }

  /**
   * Once all has been known, less would look like removals. And credentials that are refused (401)
   * are no better for less.
   */
  private boolean mayAskForLess(Exception e) {
    return !listedAll
        && asked.lesser().isPresent()
        && e instanceof ApiException refusal
        && refusal.code() == 403;
  }

  private void askForLess() {
    asked = asked.lesser().orElse(asked);
    if (!toldForbidden) {
      LOG.error(
          "{}: all of them cannot be read ({}), only the own one is: a Service that claims another"
              + " Node's address cannot be refused; Fairlead needs to list and watch {}",
          resource.name(),
          lastFailure,
          resource.name());
      toldForbidden = true;
    }
  }

  /** Less was only for the time being: the right to read all may have been given since. */
  private void askForAll() {
    if (!asked.equals(resource)) {
      asked = resource;
      resourceVersion = "";
      fresh = true;
    }
  }

  /** Whether a plain list is the way to go on from here. */
  private boolean isNoWatchList(Exception e) {
    if (!watchList || !resourceVersion.isEmpty()) {
      return false;
    }
    return switch (e) {
      case NoWatchListException _, GuardedStream.SilenceException _ -> true;
      case ApiException refusal when refusal.isRefusal() -> true;
      default -> watchListAttempts >= WATCH_LIST_ATTEMPTS;
    };
  }

  /** Whether the version that was reached is of no use any more. */
  private boolean mustListAgain(Exception e) {
    return switch (e) {
      case ApiException refusal -> refusal.isExpired() || refusal.isTooLargeResourceVersion();
      case JsonEOFException _ -> false; // cut off, not garbled: the rest comes with the next watch
      case JsonParseException _ -> ++malformed >= MALFORMED_LIMIT;
      case RuntimeException _ -> ++malformed >= MALFORMED_LIMIT;
      default -> false;
    };
  }

  private void pause(String doing, Exception e) throws InterruptedException {
    Duration wait = backoff.next();
    String hint = "";
    if (e instanceof ApiException refusal) {
      wait = refusal.retryAfter().compareTo(wait) > 0 ? refusal.retryAfter() : wait;
      hint = refusal.isForbidden() ? "; Fairlead needs to list and watch " + resource.name() : "";
    }
    LOG.warn(
        "{}: {} dropped ({}{}), retrying in {} s",
        resource.name(),
        doing,
        lastFailure,
        hint,
        wait.toMillis() / 1000.0);
    LOG.debug("{}", resource.name(), e);
    state = State.WAITING;
    Thread.sleep(wait);
  }

  /** The server does not keep to WatchList, though it did not say so. */
  private static final class NoWatchListException extends IOException {
    private static final long serialVersionUID = 1;

    NoWatchListException(String message) {
      super(message);
    }
  }
}
