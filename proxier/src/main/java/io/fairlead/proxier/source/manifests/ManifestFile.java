package io.fairlead.proxier.source.manifests;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.fairlead.proxier.source.decode.Decoded;
import io.fairlead.proxier.source.decode.ObjectDecoder;
import io.fairlead.proxier.source.decode.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one file of manifests holds: YAML with any number of documents, or JSON, of single objects
 * and lists.
 *
 * @param objects the first of each name, in the order of the file
 */
record ManifestFile(ImmutableMap<ObjectKey, Decoded> objects, ImmutableList<Problem> problems) {
  private static final JsonFactory YAML = new YAMLFactory();
  private static final JsonFactory JSON = new JsonFactory();

  /** The file cannot be read as a whole; the problem names the file, the line and the column. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    UnreadableException(String where, String why, Throwable cause) {
      super(where + ": " + why, cause);
      this.problem = new Problem(where, "", why + "; what the file held before stays");
    }

    Problem problem() {
      return problem;
    }
  }

  /** Reads it all; a file that breaks off in the middle counts as unreadable. */
  static ManifestFile read(Path file) throws UnreadableException {
    // A JSON file may be indented by tabs, which YAML forbids.
    JsonFactory format = file.toString().endsWith(".json") ? JSON : YAML;
    try (InputStream bytes = Files.newInputStream(file);
        JsonParser in = format.createParser(bytes)) {
      return new Reading(file, in).all();
    } catch (JsonProcessingException e) {
      String at = e.getLocation() == null ? "" : ":" + position(e.getLocation());
      throw new UnreadableException(file.getFileName() + at, inOneLine(e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new UnreadableException(file.getFileName().toString(), "cannot be read: " + e, e);
    }
  }

  /** YAML's messages quote the file over several indented lines; the position says it shorter. */
  private static String inOneLine(String message) {
    return message.lines().filter(line -> !line.startsWith(" ")).collect(Collectors.joining(", "));
  }

  private static String position(JsonLocation location) {
    return location.getLineNr() + ":" + location.getColumnNr();
  }

  /** One pass over a file. */
  private static final class Reading {
    private final Path file;
    private final JsonParser in;
    private final ObjectDecoder decoder = ObjectDecoder.ofManifests();
    private final Map<ObjectKey, Decoded> objects = new LinkedHashMap<>();
    private final ImmutableList.Builder<Problem> problems = ImmutableList.builder();
    private String document = "";

    Reading(Path file, JsonParser in) {
      this.file = file;
      this.in = in;
    }

    ManifestFile all() throws IOException {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        document = file.getFileName() + ":" + in.currentTokenLocation().getLineNr() + ": ";
        switch (token) {
          case START_OBJECT -> decoder.objects(in, this::add, this::note);
          case VALUE_NULL -> {} // an empty document, as between two separators
          default -> {
            note(new Problem("this document", "", "is not an object; it is left out"));
            in.skipChildren();
          }
        }
      }
      return new ManifestFile(ImmutableMap.copyOf(objects), problems.build());
    }

    private void add(Decoded object) {
      object.problems().forEach(this::note);
      if (objects.putIfAbsent(new ObjectKey(object.kind(), object.name()), object) != null) {
        note(new Problem(object.describe(), "", "is there twice in this file; the first counts"));
      }
    }

    private void note(Problem problem) {
      problems.add(new Problem(document + problem.object(), problem.path(), problem.text()));
    }
  }
}
