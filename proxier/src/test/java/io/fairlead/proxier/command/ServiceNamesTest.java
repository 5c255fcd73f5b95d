package io.fairlead.proxier.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableMap;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceNamesTest {
  @Test
  void aLineIsAVirtualServerATabAndAService() {
    assertEquals(
        ImmutableMap.of("TCP 10.96.0.1:443", "default/kubernetes", "FWM 5", "default/web"),
        ServiceNames.parse(
            """
            TCP 10.96.0.1:443\tdefault/kubernetes
            nothing that anyone understands

            FWM 5\tdefault/other
            FWM 5\tdefault/web
            """));
  }

  @Test
  void theDaemonIsAsked() throws Exception {
    assertEquals(
        new ServiceNames(ImmutableMap.of("FWM 5", "default/web"), Optional.empty()),
        answered(200, "FWM 5\tdefault/web\n"));
  }

  @Test
  void withoutAnAnswerTheReasonIsSaid() throws Exception {
    assertEquals("answers 503", reason(answered(503, "busy")));
    String nobody = "127.0.0.1:1";
    assertEquals("is not there", reason(ServiceNames.ask(nobody)));
    for (String address : List.of("not an address", "", "[::1")) {
      assertEquals(
          "has no such address; it should be like 127.0.0.1:10249",
          reason(ServiceNames.ask(address)));
    }
  }

  /** What follows the daemon's address. */
  private static String reason(ServiceNames names) {
    assertEquals(ImmutableMap.of(), names.names());
    return names
        .problem()
        .orElse("")
        .replaceFirst(
            "names of Services are not known: the daemon at http://(not an address|\\S*) ", "");
  }

  private static ServiceNames answered(int status, String body) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/services",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(status, body.length());
            exchange.getResponseBody().write(body.getBytes(UTF_8));
          }
        });
    server.start();
    try {
      return ServiceNames.ask("127.0.0.1:" + server.getAddress().getPort());
    } finally {
      server.stop(0);
    }
  }
}
