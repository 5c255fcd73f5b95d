package io.fairlead.lab.rig;

import com.sun.net.httpserver.HttpExchange;
import io.fairlead.core.net.IpAddress;
import io.fairlead.proxier.tls.SelfSigned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import javax.net.ssl.SSLContext;

/**
 * What an API server and its clients know each other by: a certificate and a token.
 *
 * @param tls for the server's side
 * @param authority the certificate, for clients to trust
 * @param token a file with the token, as a pod's service account has one
 */
public record ApiCredentials(SSLContext tls, Path authority, Path token, String secret) {
  /** Makes new ones for a server at this address, with files in this folder. */
  public static ApiCredentials make(Path folder, IpAddress server) throws IOException {
    try {
      SelfSigned certificate = SelfSigned.make(folder, server.toString());
      String secret = UUID.randomUUID().toString();
      Path token = Files.writeString(folder.resolve("token"), secret);
      return new ApiCredentials(certificate.server(), certificate.pem(), token, secret);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while keytool makes a key", e);
    }
  }

  /** Whether a request has the token. */
  boolean isShownIn(HttpExchange request) {
    return ("Bearer " + secret).equals(request.getRequestHeaders().getFirst("Authorization"));
  }
}
