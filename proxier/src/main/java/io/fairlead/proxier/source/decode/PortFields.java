package io.fairlead.proxier.source.decode;

import io.fairlead.core.net.Protocol;
import java.io.IOException;
import java.util.Optional;

/** The fields of one port, of a Service or of an EndpointSlice. */
final class PortFields {
  Optional<String> name = Optional.empty();
  Optional<Protocol> protocol = Optional.of(Protocol.TCP); // the API's default
  int number;
  int nodePort;

  void read(Cursor in, String field) throws IOException {
    switch (field) {
      case "name" -> name = in.isNull() ? Optional.empty() : Optional.of(in.text());
      case "protocol" -> {
        if (!in.isNull()) {
          protocol = in.oneOf(ServiceFields.PROTOCOLS, "IPVS has no other");
        }
      }
      case "port" -> number = in.port();
      case "nodePort" -> nodePort = in.port();
      default -> in.skip(); // targetPort, appProtocol
    }
  }
}
