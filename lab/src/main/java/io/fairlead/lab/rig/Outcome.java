package io.fairlead.lab.rig;

import io.fairlead.core.net.IpAddress;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What became of a question to an address and port. */
public sealed interface Outcome {
  /**
   * A server answered.
   *
   * @param pod the name of the pod, or of the node, whose server it was
   * @param source the address that the server saw as the asker's
   */
  record Answer(String pod, IpAddress source) implements Outcome {
    /** Reads what a server said: its name, a space, and the address that it saw. */
    static Answer parse(String line) {
      List<String> words = List.of(line.strip().split(" ", -1));
      if (words.size() != 2) {
        throw new IllegalArgumentException("\"" + line + "\" is not an answer of the rig's server");
      }
      return new Answer(words.getFirst(), IpAddress.parse(words.getLast()));
    }
  }

  /** A TCP reset on connecting, an SCTP abort, or an ICMP port unreachable. */
  record Refused(Duration after) implements Outcome {}

  /** The connection was open, and was reset or closed. */
  record Broken(String reason) implements Outcome {}

  /** Nothing came back. */
  record TimedOut() implements Outcome {}

  /** There is no route, or a router on the way said no. */
  record Unreachable(String reason) implements Outcome {}

  /** The pod that answered, if one did. */
  default Optional<String> answeredBy() {
    return this instanceof Answer(String pod, IpAddress _) ? Optional.of(pod) : Optional.empty();
  }

  /** Sorts what a socket call threw. */
  static Outcome of(Exception e, Duration after) {
    String message = String.valueOf(e.getMessage());
    return switch (e) {
      case SocketTimeoutException _ -> new TimedOut();
      case PortUnreachableException _ -> new Refused(after);
      case NoRouteToHostException _ -> new Unreachable(message);
      case ConnectException _ when message.contains("timed out") -> new TimedOut();
      case Exception _ when message.toLowerCase(Locale.ROOT).contains("refused") ->
          new Refused(after);
      // EPERM: what a host's own filter refuses never leaves it, and send says so at once.
      case Exception _ when message.contains("not permitted") -> new Refused(after);
      case Exception _ when message.contains("nreachable") -> new Unreachable(message);
      default -> new Broken(e.getClass().getSimpleName() + ": " + message);
    };
  }
}
