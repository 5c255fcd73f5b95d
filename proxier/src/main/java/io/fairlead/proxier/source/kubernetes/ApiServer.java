package io.fairlead.proxier.source.kubernetes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fairlead.proxier.source.decode.ObjectDecoder;
import io.fairlead.proxier.source.decode.ObjectKind;
import io.fairlead.proxier.source.decode.Status;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The way to the API server: fabric8's for addresses, credentials and TLS, and nothing of it above
 * the byte stream. Thread-safe.
 */
public final class ApiServer implements AutoCloseable {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration CONNECTING = Duration.ofSeconds(30);

  private final HttpClient http;
  private final String base;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("silence").factory());

  private ApiServer(Config config) {
    // Not by KubernetesClientBuilder: its client would read a thousand classes of all API groups.
    Config tuned = tuned(config);
    this.http = new JdkHttpClientFactory().newBuilder(tuned).build();
    String url = tuned.getMasterUrl();
    this.base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  /** By the ServiceAccount of the pod, or by {@code $KUBECONFIG} or {@code ~/.kube/config}. */
  public static ApiServer found() {
    return new ApiServer(Config.autoConfigure(null));
  }

  /** By a kubeconfig file and its current context. */
  public static ApiServer of(Path kubeconfig) {
    return new ApiServer(Config.fromKubeconfig(kubeconfig.toFile()));
  }

  /** By settings of the caller's; the retries and protocol are Fairlead's own all the same. */
  public static ApiServer of(Config config) {
    return new ApiServer(config);
  }

  private static Config tuned(Config config) {
    return new ConfigBuilder(config)
        // Retrying is the reflector's, which tells what it does.
        .withRequestRetryBackoffLimit(0)
        // With HTTP/2 all watches share a connection; if that hangs, a new watch would hang on it
        // too, until TCP gives up a quarter of an hour later (kubernetes/kubernetes#87615).
        .withHttp2Disable(true)
        // The handshake counts as connecting, and takes long on a processor that others keep busy.
        .withConnectionTimeout(Math.toIntExact(CONNECTING.toMillis()))
        .build();
  }

  /** The server's address, for logs. */
  public String address() {
    return base;
  }

  /**
   * Asks for {@code path}, and gives the body as it comes. A read fails once nothing has come for
   * {@code silence}. The caller closes the stream, from any thread.
   *
   * @param path path and query, from the slash
   * @throws ApiException if the server answers with an error
   */
  GuardedStream get(String path, Duration patience, Duration silence)
      throws IOException, InterruptedException {
    HttpRequest request = request(path).build();
    HttpResponse<InputStream> response = answer(request, patience);
    GuardedStream body = new GuardedStream(response.body(), silence, clock);
    if (response.isSuccessful()) {
      return body;
    }
    try (body) {
      throw refusal(response.code(), body, retryAfter(response));
    }
  }

  /** Creates the object that {@code json} describes. */
  void post(String path, String json, Duration patience) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        answer(request(path).post("application/json", json).build(), patience);
    try (GuardedStream body = new GuardedStream(response.body(), patience, clock)) {
      if (!response.isSuccessful()) {
        throw refusal(response.code(), body, retryAfter(response));
      }
    }
  }

  private HttpRequest.Builder request(String path) {
    return http.newHttpRequestBuilder().uri(base + path).header("Accept", "application/json");
  }

  private HttpResponse<InputStream> answer(HttpRequest request, Duration patience)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<InputStream>> answer =
        http.sendAsync(request, InputStream.class);
    try {
      return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new GuardedStream.SilenceException(patience.toNanos());
    } catch (ExecutionException e) {
      throw new IOException(Failures.reason(e), e);
    } finally {
      abandonUnlessDone(answer);
    }
  }

  /** An answer that comes too late must not hold its connection. */
  private static void abandonUnlessDone(CompletableFuture<HttpResponse<InputStream>> answer) {
    if (!answer.isDone()) {
      CompletableFuture<Void> _ =
          answer.thenAccept(late -> {
            try {
              late.body().close();
            } catch (IOException e) {
              // The connection is gone, which is what was wanted.
            }
          });
      answer.cancel(true);
    }
  }

  private static ApiException refusal(int code, InputStream body, Duration retryAfter) {
    String message = "";
    String reason = "";
    try (JsonParser in = JSON.createParser(body)) {
      if (in.nextToken() == JsonToken.START_OBJECT) {
        Status status = ObjectDecoder.ofResource(ObjectKind.SERVICE).status(in);
        message = status.message();
        reason = status.reason();
      }
    } catch (IOException e) {
      message = "(the body is no Status)"; // a proxy's page, say; the code says enough
    }
    return new ApiException(new Status(code, reason, message), retryAfter);
  }

  /** Retry-After in seconds; API servers do not send dates. */
  private static Duration retryAfter(HttpResponse<?> response) {
    String text = response.header("Retry-After");
    return text != null && text.matches("[0-9]{1,4}")
        ? Duration.ofSeconds(Integer.parseInt(text))
        : Duration.ZERO;
  }

  @Override
  public void close() {
    clock.shutdownNow();
    http.close();
  }
}
