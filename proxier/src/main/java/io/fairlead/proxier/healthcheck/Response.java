package io.fairlead.proxier.healthcheck;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.fairlead.core.plan.HealthCheck;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * An answer of HTTP/1.1, after which the connection ends.
 *
 * @param head its lines, without their ends
 * @param body empty for a HEAD
 */
record Response(List<String> head, String body) {

  /** The answer to a request that begins with this line, in the words of kube-proxy's. */
  static Response to(String requestLine, HealthCheck check, boolean proxyHealthy) {
    List<String> words = List.of(requestLine.split(" ", -1));
    if (words.size() != 3 || !words.getLast().startsWith("HTTP/1.")) {
      return refusal("400 Bad Request");
    }
    Response full = to(check, proxyHealthy);
    return switch (words.getFirst()) {
      case "GET" -> full;
      case "HEAD" -> new Response(full.head, "");
      default -> refusal("405 Method Not Allowed", "Allow: GET, HEAD");
    };
  }

  /** The answer to a request that goes on and on. */
  static Response tooLarge() {
    return refusal("431 Request Header Fields Too Large");
  }

  private static Response to(HealthCheck check, boolean proxyHealthy) {
    boolean good = check.localEndpoints() > 0 && proxyHealthy;
    String body = json(check, proxyHealthy);
    return new Response(
        List.of(
            good ? "HTTP/1.1 200 OK" : "HTTP/1.1 503 Service Unavailable",
            "Content-Type: application/json",
            "X-Content-Type-Options: nosniff",
            "X-Load-Balancing-Endpoint-Weight: " + check.localEndpoints(),
            "Content-Length: " + body.getBytes(UTF_8).length,
            "Connection: close"),
        body);
  }

  private static Response refusal(String status, String... more) {
    return new Response(
        List.of(
            ("HTTP/1.1 "
                    + status
                    + "\n"
                    + String.join("\n", more)
                    + "\nContent-Length: 0\nConnection: close")
                .replace("\n\n", "\n")
                .split("\n", -1)),
        "");
  }

  private static String json(HealthCheck check, boolean proxyHealthy) {
    return "{\"service\":{\"namespace\":%s,\"name\":%s},\"localEndpoints\":%d,\"serviceProxyHealthy\":%b}\n"
        .formatted(
            quoted(check.service().namespace()),
            quoted(check.service().name()),
            check.localEndpoints(),
            proxyHealthy);
  }

  /** A manifest's name may have anything in it. */
  private static String quoted(String text) {
    return "\"" + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }

  /** As it goes over the wire. */
  ByteBuffer bytes() {
    byte[] lines = (String.join("\r\n", head) + "\r\n\r\n").getBytes(US_ASCII);
    byte[] content = body.getBytes(UTF_8);
    return ByteBuffer.allocate(lines.length + content.length).put(lines).put(content).flip();
  }
}
