package io.fairlead.proxier.source.kubernetes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.filter.FilteringParserDelegate;
import com.fasterxml.jackson.core.filter.JsonPointerBasedFilter;
import com.fasterxml.jackson.core.filter.TokenFilter;
import com.fasterxml.jackson.core.filter.TokenFilter.Inclusion;
import io.fairlead.core.cluster.ObjectName;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts events.k8s.io/v1 Events, which {@code kubectl describe} shows, about the own Node and about
 * Services. Best effort: never blocks, at most a few a minute, and a failure is only logged.
 */
public final class EventRecorder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);
  private static final JsonFactory JSON = new JsonFactory();
  private static final TokenFilter UID = new JsonPointerBasedFilter("/items/0/metadata/uid");
  private static final String CONTROLLER = "fairlead";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int PER_MINUTE = 25;
  private static final int QUEUE = 50;
  private static final int MAX_NOTE = 1024; // the API's limit, in characters

  /** The Event's {@code type}. */
  public enum Severity {
    NORMAL("Normal"),
    WARNING("Warning");

    private final String type;

    Severity(String type) {
      this.type = type;
    }
  }

  private final ApiServer api;
  private final String nodeName;
  private final InstantSource clock;
  private final AtomicLong serial = new AtomicLong();
  private final ThreadPoolExecutor poster =
      new ThreadPoolExecutor(
          0,
          1,
          10,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(QUEUE),
          Thread.ofPlatform().daemon().name("events").factory(),
          new ThreadPoolExecutor.DiscardPolicy());
  private Instant minute = Instant.EPOCH;
  private int inMinute;

  public EventRecorder(ApiServer api, String nodeName, InstantSource clock) {
    this.api = api;
    this.nodeName = nodeName;
    this.clock = clock;
  }

  /** Says that the proxy starts, in the words that kube-proxy uses for itself. */
  public void starting() {
    node(Severity.NORMAL, "Starting", "StartFairlead", "");
  }

  /** Says something about the own Node. */
  public void node(Severity severity, String reason, String action, String note) {
    // Events about cluster-scoped objects live in the namespace "default", and kubectl finds a
    // Node's by its name in the place of its UID.
    ObjectName name = new ObjectName("default", nodeName);
    post(name, () -> json("Node", name, "", nodeName, severity, reason, action, note));
  }

  /** Says something about a Service. */
  public void service(
      ObjectName service, Severity severity, String reason, String action, String note) {
    post(
        service,
        () ->
            json(
                "Service",
                service,
                service.namespace(),
                uid(service),
                severity,
                reason,
                action,
                note));
  }

  /** By which kubectl finds the Events of an object; asked for only then, and empty if unknown. */
  private String uid(ObjectName service) throws InterruptedException {
    String path =
        "/api/v1/namespaces/%s/services?fieldSelector=%s"
            .formatted(service.namespace(), Resource.encoded("metadata.name=" + service.name()));
    try (GuardedStream body = api.get(path, PATIENCE, PATIENCE);
        JsonParser in = JSON.createParser(body);
        JsonParser uid = new FilteringParserDelegate(in, UID, Inclusion.ONLY_INCLUDE_ALL, false)) {
      return uid.nextToken() == JsonToken.VALUE_STRING ? uid.getText() : "";
    } catch (IOException e) {
      LOG.debug("the UID of Service {} is not known: {}", service, Failures.reason(e));
      return "";
    }
  }

  /** What makes an Event's JSON, on the poster's thread. */
  private interface Event {
    String json() throws InterruptedException;
  }

  private void post(ObjectName about, Event event) {
    if (mayPost()) {
      String path = "/apis/events.k8s.io/v1/namespaces/" + about.namespace() + "/events";
      poster.execute(() -> deliver(path, event));
    } else {
      LOG.debug("an event about {} is one too many this minute", about);
    }
  }

  private synchronized boolean mayPost() {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MINUTES);
    if (!now.equals(minute)) {
      minute = now;
      inMinute = 0;
    }
    return inMinute++ < PER_MINUTE;
  }

  private void deliver(String path, Event event) {
    try {
      api.post(path, event.json(), PATIENCE);
    } catch (IOException e) {
      LOG.info("an event could not be posted: {}", Failures.reason(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String json(
      String kind,
      ObjectName name,
      String namespace,
      String uid,
      Severity severity,
      String reason,
      String action,
      String note) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
      out.writeStartObject();
      out.writeStringField("apiVersion", "events.k8s.io/v1");
      out.writeStringField("kind", "Event");
      out.writeObjectFieldStart("metadata");
      out.writeStringField("name", uniqueName(name, now));
      out.writeStringField("namespace", name.namespace());
      out.writeEndObject();
      out.writeStringField("eventTime", now.toString());
      out.writeStringField("reportingController", CONTROLLER);
      out.writeStringField("reportingInstance", CONTROLLER + "-" + nodeName);
      out.writeStringField("type", severity.type);
      out.writeStringField("reason", reason);
      out.writeStringField("action", action);
      out.writeStringField("note", note.substring(0, Math.min(note.length(), MAX_NOTE)));
      out.writeObjectFieldStart("regarding");
      out.writeStringField("apiVersion", "v1");
      out.writeStringField("kind", kind);
      out.writeStringField("name", name.name());
      if (!namespace.isEmpty()) {
        out.writeStringField("namespace", namespace);
      }
      if (!uid.isEmpty()) {
        out.writeStringField("uid", uid);
      }
      out.writeEndObject();
      out.writeEndObject();
    } catch (IOException e) {
      throw new AssertionError("writing to memory failed", e);
    }
    return text.toString();
  }

  private String uniqueName(ObjectName name, Instant now) {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
    return name.name()
        + "."
        + Long.toHexString(micros)
        + Long.toHexString(serial.getAndIncrement());
  }

  @Override
  public void close() {
    poster.shutdownNow();
  }
}
