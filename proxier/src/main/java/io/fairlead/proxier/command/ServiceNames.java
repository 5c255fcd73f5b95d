package io.fairlead.proxier.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableMap;
import io.fairlead.core.dataplane.VirtualServerKey;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * Which Service a virtual server is for, as the running daemon says: a line each, the virtual
 * server, a tab and the Service.
 *
 * @param problem why there are no names; empty if there are
 */
record ServiceNames(ImmutableMap<String, String> names, Optional<String> problem) {

  // The daemon itself gives up after 2 s; on a busy machine a new process may need as long again.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Asks the daemon at {@code address}; without an answer no name is known. */
  static ServiceNames ask(String address) throws InterruptedException {
    HttpRequest request;
    try {
      request =
          HttpRequest.newBuilder(URI.create("http://" + address + "/services"))
              .timeout(PATIENCE)
              .build();
    } catch (IllegalArgumentException e) {
      return unknown(address, "has no such address; it should be like 127.0.0.1:10249");
    }
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
      return answer.statusCode() == 200
          ? new ServiceNames(parse(answer.body()), Optional.empty())
          : unknown(address, "answers " + answer.statusCode());
    } catch (ConnectException e) {
      return unknown(address, "is not there");
    } catch (IOException e) {
      return unknown(address, "does not answer: " + e.getMessage());
    }
  }

  Optional<String> of(VirtualServerKey key) {
    return Optional.ofNullable(names.get(key.toString()));
  }

  private static ServiceNames unknown(String address, String why) {
    return new ServiceNames(
        ImmutableMap.of(),
        Optional.of(
            "names of Services are not known: the daemon at http://" + address + " " + why));
  }

  static ImmutableMap<String, String> parse(String body) {
    var names = ImmutableMap.<String, String>builder();
    body.lines()
        .map(line -> line.split("\t", 2))
        .filter(parts -> parts.length == 2)
        .forEach(parts -> names.put(parts[0], parts[1]));
    return names.buildKeepingLast();
  }
}
