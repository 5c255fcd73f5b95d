package io.fairlead.proxier.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate that nobody else vouches for, made by the running JDK's keytool: the JDK has no
 * public API that makes one.
 *
 * @param server with the key, for the server's side
 * @param pem the certificate's file, for clients to trust
 */
public record SelfSigned(SSLContext server, Path pem) {
  /** Of a key whose file is as safe as its folder. */
  private static final String PASSWORD = "self-signed";

  /**
   * Makes one, with a new key.
   *
   * @param folder gets its files, in place of those of an earlier one
   * @param address that clients connect to
   * @throws IOException with all that keytool said, if it fails
   */
  public static SelfSigned make(Path folder, String address)
      throws IOException, InterruptedException {
    Path store = folder.resolve("server.p12");
    Path pem = folder.resolve("server.pem");
    Files.deleteIfExists(store);
    keytool(
        store,
        "-genkeypair -alias server -keyalg EC -groupname secp256r1 -dname CN=server"
            + " -storetype PKCS12 -ext san=ip:"
            + address);
    keytool(store, "-exportcert -alias server -rfc -file " + pem);
    try {
      return new SelfSigned(context(store), pem);
    } catch (GeneralSecurityException e) {
      throw new IOException("keytool's key is of no use: " + store, e);
    }
  }

  private static void keytool(Path store, String arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    // It lives for a second. And on two emulated processors C1's code, replaced by C2's, ended in
    // SIGILL now and then.
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
    command.addAll(List.of(arguments.split(" ", -1)));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    Path log = store.resolveSibling("keytool.log");
    int status =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    if (status != 0) {
      throw new IOException("keytool: " + Files.readString(log));
    }
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
