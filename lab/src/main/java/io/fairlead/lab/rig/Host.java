package io.fairlead.lab.rig;

import io.fairlead.core.net.IpAddress;
import java.time.Duration;

/** Anything with a network namespace: it asks, runs servers, and runs programs. */
public sealed interface Host permits Node, Pod, Client {
  /** Long enough for an emulated kernel under load, and for one lost SYN. */
  Duration PATIENCE = Duration.ofSeconds(3);

  String name();

  Addresses addresses();

  Namespace namespace();

  /** Where this host's servers end up, so that they end with the rig. */
  Servers servers();

  default IpAddress v4() {
    return addresses().v4();
  }

  default IpAddress v6() {
    return addresses().v6();
  }

  /** Starts a server for TCP, UDP and SCTP on {@code port}, on each of the host's addresses. */
  default void serve(int port) {
    servers().start(this, port);
  }

  /** One question over a TCP connection of its own. */
  default Outcome tcp(IpAddress address, int port) {
    return tcp(address, port, PATIENCE);
  }

  default Outcome tcp(IpAddress address, int port, Duration patience) {
    return Questions.tcp(this, address, port, patience);
  }

  /** One datagram, and its answer. */
  default Outcome udp(IpAddress address, int port) {
    return udp(address, port, 0, PATIENCE);
  }

  /** One datagram from a port of the caller's choice (0: any), so that flows can be repeated. */
  default Outcome udp(IpAddress address, int port, int sourcePort, Duration patience) {
    return Questions.udp(this, address, port, sourcePort, patience);
  }

  /** One question over a one-to-one SCTP association of its own. */
  default Outcome sctp(IpAddress address, int port) {
    return Questions.sctp(this, address, port, PATIENCE);
  }

  /** Opens a TCP connection to ask over again and again. */
  default Stream stream(IpAddress address, int port) {
    return Stream.open(this, address, port);
  }

  /** Whether one ICMP echo request is answered. */
  default boolean ping(IpAddress address) {
    String seconds = Long.toString(PATIENCE.toSeconds());
    return namespace().attempt("ping", "-c1", "-W" + seconds, address.toString()).status() == 0;
  }
}
