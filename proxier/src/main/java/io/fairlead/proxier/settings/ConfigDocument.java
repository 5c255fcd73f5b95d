package io.fairlead.proxier.settings;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One document of a configuration file, its values still text.
 *
 * @param fields by their path, such as {@code ipvs.scheduler}; of two with the same path the last
 * @param repeated those that were given more than once
 */
record ConfigDocument(ImmutableMap<String, Value> fields, ImmutableList<Value> repeated) {
  private static final YAMLFactory YAML = new YAMLFactory();

  /** What kinds of values YAML tells apart. */
  enum Kind {
    TEXT,
    NUMBER,
    SWITCH,
    LIST,
    NONE
  }

  /**
   * One value.
   *
   * @param path of its field
   * @param text of a list the entries, with commas between them
   * @param line that it is on, from 1
   */
  record Value(String path, Kind kind, String text, int line) {}

  /**
   * Reads YAML, of which JSON is a part.
   *
   * @throws IOException if the file cannot be read, or is no YAML; with the line
   */
  static ImmutableList<ConfigDocument> read(Path file) throws IOException {
    var documents = ImmutableList.<ConfigDocument>builder();
    try (JsonParser in = YAML.createParser(Files.newInputStream(file))) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (token == JsonToken.START_OBJECT) {
          Reader reader = new Reader(in);
          reader.object("");
          documents.add(
              new ConfigDocument(
                  ImmutableMap.copyOf(reader.fields), ImmutableList.copyOf(reader.repeated)));
        } else if (token != JsonToken.VALUE_NULL) { // an empty document
          throw new IOException(
              "line " + in.currentTokenLocation().getLineNr() + ": is no field of a document");
        }
      }
    }
    return documents.build();
  }

  /** The text of a field; empty if it has none. */
  String text(String path) {
    return field(path).map(Value::text).orElse("");
  }

  /** A field, if it is given. */
  Optional<Value> field(String path) {
    return Optional.ofNullable(fields.get(path));
  }

  /** One document as it is read. */
  private static final class Reader {
    private final JsonParser in;
    private final Map<String, Value> fields = new LinkedHashMap<>();
    private final List<Value> repeated = new ArrayList<>();

    Reader(JsonParser in) {
      this.in = in;
    }

    void object(String prefix) throws IOException {
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String path = prefix + in.currentName();
        int line = in.currentTokenLocation().getLineNr();
        JsonToken token = in.nextToken();
        if (token == JsonToken.START_OBJECT) {
          object(path + ".");
        } else {
          put(new Value(path, kind(token), text(token), line));
        }
      }
    }

    private void put(Value value) {
      if (fields.put(value.path, value) != null) {
        repeated.add(value);
      }
    }

    private static Kind kind(JsonToken token) {
      return switch (token) {
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Kind.NUMBER;
        case VALUE_TRUE, VALUE_FALSE -> Kind.SWITCH;
        case VALUE_NULL -> Kind.NONE;
        case START_ARRAY -> Kind.LIST;
        default -> Kind.TEXT;
      };
    }

    private String text(JsonToken token) throws IOException {
      if (token == JsonToken.VALUE_NULL) {
        return "";
      }
      return token == JsonToken.START_ARRAY ? entries() : in.getText();
    }

    /** No field that is known is a list of objects. */
    private String entries() throws IOException {
      List<String> entries = new ArrayList<>();
      for (JsonToken next = in.nextToken(); next != JsonToken.END_ARRAY; next = in.nextToken()) {
        entries.add(next.isScalarValue() ? in.getText() : "{...}");
        in.skipChildren();
      }
      return String.join(",", entries);
    }
  }
}
