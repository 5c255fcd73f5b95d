package io.fairlead.lab.rig;

import com.sun.net.httpserver.HttpExchange;
import io.fairlead.core.net.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * What an API server and its clients know each other by: a certificate that the running JDK's
 * keytool makes, and a token.
 *
 * @param tls for the server's side
 * @param authority the certificate, for clients to trust
 * @param token a file with the token, as a pod's service account has one
 */
public record ApiCredentials(SSLContext tls, Path authority, Path token, String secret) {
  private static final String PASSWORD = "password"; // of a key that ends with the run

  /** Makes new ones for a server at this address, with files in this folder. */
  public static ApiCredentials make(Path folder, IpAddress server) throws IOException {
    Path store = folder.resolve("api.p12");
    Path authority = folder.resolve("api.pem");
    Files.deleteIfExists(store);
    keytool(
        store,
        "-genkeypair -alias api -keyalg EC -groupname secp256r1 -dname CN=api -storetype PKCS12"
            + " -ext san=ip:"
            + server);
    keytool(store, "-exportcert -alias api -rfc -file " + authority);
    try {
      String secret = UUID.randomUUID().toString();
      Path token = Files.writeString(folder.resolve("token"), secret);
      return new ApiCredentials(context(store), authority, token, secret);
    } catch (GeneralSecurityException e) {
      throw new IOException("keytool's key is of no use: " + store, e);
    }
  }

  /** Whether a request has the token. */
  boolean isShownIn(HttpExchange request) {
    return ("Bearer " + secret).equals(request.getRequestHeaders().getFirst("Authorization"));
  }

  private static void keytool(Path store, String arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ", -1)));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    Namespace.succeed(Namespace.execute(command, ""), command.toArray(String[]::new));
  }

  private static SSLContext context(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }
}
