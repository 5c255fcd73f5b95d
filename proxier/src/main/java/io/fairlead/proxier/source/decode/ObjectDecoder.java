package io.fairlead.proxier.source.decode;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads objects, lists and watch events token by token: no tree is built, and fields that a proxy
 * has no use for, {@code managedFields} included, are skipped. JSON and YAML alike. Fields may come
 * in any order. Not thread-safe; each reader has its own.
 */
public final class ObjectDecoder {
  private final Optional<ObjectKind> assumed;
  private final Optional<String> defaultPortName;
  private final Shared shared = new Shared();

  private ObjectDecoder(Optional<ObjectKind> assumed, Optional<String> defaultPortName) {
    this.assumed = assumed;
    this.defaultPortName = defaultPortName;
  }

  /** For one resource of an API server, whose lists do not repeat the kind in every item. */
  public static ObjectDecoder ofResource(ObjectKind kind) {
    return new ObjectDecoder(Optional.of(kind), Optional.empty());
  }

  /** For manifests: objects of any kind, without the defaults that an API server fills in. */
  public static ObjectDecoder ofManifests() {
    return new ObjectDecoder(Optional.empty(), Optional.of(""));
  }

  /**
   * Reads one object, or the items of a list, at whose START_OBJECT the parser stands. Objects of
   * other kinds are passed over; one without a name goes to {@code nameless}.
   */
  public ListHeader objects(JsonParser in, Consumer<Decoded> sink, Consumer<Problem> nameless)
      throws IOException {
    Cursor cursor = new Cursor(in);
    ObjectFields fields = new ObjectFields(cursor, shared, defaultPortName);
    boolean[] list = {false};
    cursor.eachField(field -> {
      if (field.equals("items")) {
        list[0] = true;
        cursor.eachElement(() -> objects(in, sink, nameless));
      } else {
        fields.read(field);
      }
    });
    if (!list[0]) {
      kindOf(fields).ifPresent(kind -> report(fields, kind, sink, nameless));
    }
    return new ListHeader(list[0], fields.metadata.resourceVersion, fields.metadata.continueToken);
  }

  /** Reads one event of a watch, at whose START_OBJECT the parser stands. */
  public WatchEvent watchEvent(JsonParser in) throws IOException {
    String[] type = {""};
    List<ObjectFields> object = new ArrayList<>(1);
    Cursor event = new Cursor(in);
    event.eachField(field -> {
      switch (field) {
        case "type" -> type[0] = event.text();
        case "object" -> object.add(fields(in));
        default -> event.skip();
      }
    });
    return object.isEmpty()
        ? new WatchEvent.Unusable("a " + type[0] + " event without an object")
        : watchEvent(type[0], object.getLast());
  }

  /** Reads the Status that comes with an HTTP error. */
  public Status status(JsonParser in) throws IOException {
    return fields(in).asStatus();
  }

  private ObjectFields fields(JsonParser in) throws IOException {
    Cursor cursor = new Cursor(in);
    ObjectFields fields = new ObjectFields(cursor, shared, defaultPortName);
    cursor.eachField(fields::read);
    return fields;
  }

  private WatchEvent watchEvent(String type, ObjectFields fields) {
    return switch (type) {
      case "ADDED", "MODIFIED" -> named(type, fields, WatchEvent.Applied::new);
      case "DELETED" -> named(type, fields, WatchEvent.Deleted::new);
      case "BOOKMARK" ->
          new WatchEvent.Bookmark(
              fields.metadata.resourceVersion, fields.metadata.initialEventsEnd);
      case "ERROR" -> new WatchEvent.Failed(fields.asStatus());
      default -> new WatchEvent.Unusable("an event of type \"" + type + "\"");
    };
  }

  private WatchEvent named(
      String type, ObjectFields fields, Function<Decoded, WatchEvent> ofObject) {
    return kindOf(fields)
        .flatMap(fields::as)
        .map(ofObject)
        .orElseGet(() -> new WatchEvent.Unusable(type + " of an object without kind or name"));
  }

  private static void report(
      ObjectFields fields, ObjectKind kind, Consumer<Decoded> sink, Consumer<Problem> nameless) {
    fields
        .as(kind)
        .ifPresentOrElse(
            sink,
            () ->
                nameless.accept(
                    new Problem(
                        "a " + kind.kind(),
                        "metadata.name",
                        "is missing; the object is left out")));
  }

  private Optional<ObjectKind> kindOf(ObjectFields fields) {
    return fields.kind.isEmpty() ? assumed : ObjectKind.of(fields.kind);
  }
}
