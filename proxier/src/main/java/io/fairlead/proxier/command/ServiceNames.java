package io.fairlead.proxier.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableMap;
import io.fairlead.core.dataplane.VirtualServerKey;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.util.Optional;

/**
 * Which Service a virtual server is for, as the running daemon says: a line each, the virtual
 * server, a tab and the Service.
 *
 * @param problem why there are no names; empty if there are
 */
record ServiceNames(ImmutableMap<String, String> names, Optional<String> problem) {

  // The daemon gives up after 2 s; on a busy machine a new process may need as long again.
  private static final int PATIENCE_MILLIS = 5_000;

  /** Asks the daemon at {@code address}; without an answer no name is known. */
  static ServiceNames ask(String address) {
    try {
      URI page = URI.create("http://" + address + "/services");
      return page.getHost() == null ? noSuch(address) : ask(address, page.toURL());
    } catch (IllegalArgumentException e) {
      return noSuch(address);
    } catch (ConnectException e) {
      return unknown(address, "is not there");
    } catch (IOException e) {
      return unknown(address, "does not answer: " + e.getMessage());
    }
  }

  /** By the smaller of the JDK's two clients: java.net.http takes longer to load than to ask. */
  private static ServiceNames ask(String address, URL page) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) page.openConnection(Proxy.NO_PROXY);
    connection.setConnectTimeout(PATIENCE_MILLIS);
    connection.setReadTimeout(PATIENCE_MILLIS);
    if (connection.getResponseCode() != 200) {
      return unknown(address, "answers " + connection.getResponseCode());
    }
    try (InputStream body = connection.getInputStream()) {
      return new ServiceNames(parse(new String(body.readAllBytes(), UTF_8)), Optional.empty());
    }
  }

  Optional<String> of(VirtualServerKey key) {
    return Optional.ofNullable(names.get(key.toString()));
  }

  private static ServiceNames noSuch(String address) {
    return unknown(address, "has no such address; it should be like 127.0.0.1:10249");
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
