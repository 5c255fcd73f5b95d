package io.fairlead.proxier.source.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.google.common.collect.ImmutableMap;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Walks one API object. Every read takes the value on which the parser stands and leaves the parser
 * on that value's last token; a value of the wrong type is skipped and noted, and reads as absent.
 */
final class Cursor {
  /** Takes the value of one field. */
  interface Field {
    void read(String name) throws IOException;
  }

  /** Takes one element of an array. */
  interface Element {
    void read() throws IOException;
  }

  /** A problem whose object has no name yet: {@code metadata} may come last. */
  record Note(String path, String text) {}

  private final JsonParser in;
  private final JsonStreamContext root;
  private final List<Note> notes = new ArrayList<>(0);

  /** Starts at the START_OBJECT token on which the parser stands. */
  Cursor(JsonParser in) {
    this.in = in;
    this.root = in.getParsingContext();
  }

  List<Note> notes() {
    return notes;
  }

  /** Notes a problem with the value that was read last. */
  void note(String text) {
    notes.add(new Note(path(), text));
  }

  boolean isNull() {
    return in.currentToken() == JsonToken.VALUE_NULL;
  }

  boolean isText() {
    return in.currentToken() == JsonToken.VALUE_STRING;
  }

  void skip() throws IOException {
    in.skipChildren();
  }

  void eachField(Field field) throws IOException {
    if (isA(JsonToken.START_OBJECT, "an object")) {
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        field.read(name);
      }
    }
  }

  void eachElement(Element element) throws IOException {
    if (isA(JsonToken.START_ARRAY, "a list")) {
      while (in.nextToken() != JsonToken.END_ARRAY) {
        element.read();
      }
    }
  }

  /** A text; empty if absent. */
  String text() throws IOException {
    return isA(JsonToken.VALUE_STRING, "a text (in quotes)") ? in.getText() : "";
  }

  /** A whole number between 1 and {@code max}; 0 if absent, 0, or noted as wrong. */
  int number(int max) throws IOException {
    if (!isA(JsonToken.VALUE_NUMBER_INT, "a whole number")) {
      return 0;
    }
    // getLongValue throws on numbers that need more than 64 bits.
    long value = in.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? -1 : in.getLongValue();
    if (value < 0 || value > max) {
      note(in.getText() + " is outside 1.." + max);
      return 0;
    }
    return (int) value;
  }

  int port() throws IOException {
    return number(0xffff);
  }

  boolean flag(boolean absent) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_TRUE || in.currentToken() == JsonToken.VALUE_FALSE) {
      return in.currentToken() == JsonToken.VALUE_TRUE;
    }
    isA(JsonToken.VALUE_TRUE, "true or false"); // cannot be; notes what it is instead
    return absent;
  }

  /** One of a set of words; another word is noted, with what it then means. */
  <T> Optional<T> oneOf(ImmutableMap<String, T> words, String consequence) throws IOException {
    String text = text();
    Optional<T> value = Optional.ofNullable(words.get(text));
    if (value.isEmpty() && !text.isEmpty()) {
      note(
          "\"%s\" is none of %s; %s"
              .formatted(text, String.join(", ", words.keySet()), consequence));
    }
    return value;
  }

  Optional<IpAddress> address() throws IOException {
    String text = text();
    return text.isEmpty() ? Optional.empty() : address(text);
  }

  /** Reads a text that stands, or stood, where the parser is. */
  Optional<IpAddress> address(String text) {
    try {
      return Optional.of(IpAddress.parse(text));
    } catch (IllegalArgumentException e) {
      note(e.getMessage() + "; that address is left out");
      return Optional.empty();
    }
  }

  /**
   * An address range; blanks around it are allowed, as kube-proxy allows them.
   *
   * @param consequence what one that cannot be read means, for the note
   */
  Optional<Cidr> range(String consequence) throws IOException {
    if (!isA(JsonToken.VALUE_STRING, "a text (in quotes)")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Cidr.parse(in.getText().strip()));
    } catch (IllegalArgumentException e) {
      note(e.getMessage() + "; that range " + consequence);
      return Optional.empty();
    }
  }

  private boolean isA(JsonToken wanted, String name) throws IOException {
    JsonToken token = in.currentToken();
    if (token == wanted) {
      return true;
    }
    if (token != JsonToken.VALUE_NULL) {
      note("is " + nameOf(token) + " where " + name + " is wanted; it is left out");
      in.skipChildren();
    }
    return false;
  }

  private static String nameOf(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT -> "a whole number";
      case VALUE_NUMBER_FLOAT -> "a fraction";
      case VALUE_TRUE, VALUE_FALSE -> "true or false";
      case VALUE_NULL -> "null";
      case FIELD_NAME, END_OBJECT, END_ARRAY, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          token.toString();
    };
  }

  private String path() {
    StringBuilder path = new StringBuilder();
    appendPath(in.getParsingContext(), path);
    return path.toString();
  }

  private void appendPath(JsonStreamContext at, StringBuilder path) {
    if (!at.equals(root) && at.getParent() != null) {
      appendPath(at.getParent(), path);
    }
    if (at.inArray() && at.hasCurrentIndex()) {
      path.append('[').append(at.getCurrentIndex()).append(']');
    } else if (at.inObject() && at.hasCurrentName()) {
      path.append(path.isEmpty() ? "" : ".").append(at.getCurrentName());
    }
  }
}
